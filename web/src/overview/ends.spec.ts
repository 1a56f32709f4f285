import { describe, expect, it } from 'vitest';
import { partsOf, seriesOf } from './ends';

describe('the parts of a bar', () => {
  it('have the requests of each end once', () => {
    expect(partsOf({ ok: 5, upstream: 1, upstream_timeout: 2, error_response: 3, crash: 1, store: 1 })).toEqual({
      ok: 5,
      upstream: 6,
      proxy: 2,
    });
  });

  it('are those that have requests, and the answered ones', () => {
    expect(seriesOf([{}, { client: 1 }, { limit: 2 }]).map(({ key }) => key)).toEqual(['ok', 'limit', 'client']);
  });
});
