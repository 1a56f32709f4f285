import { describe, expect, it } from 'vitest';
import { usageSearch } from './search';

describe('the parameters of the usage page', () => {
  it('keeps a time zone that the browser knows', () => {
    expect(usageSearch({ tz: 'Asia/Kathmandu' })).toMatchObject({ tz: 'Asia/Kathmandu' });
  });

  it.each(['Europe/Nowhere', 'UTC+5', '<b>', ''])('leaves out a time zone that is none: %j', (tz) => {
    expect(usageSearch({ tz }).tz).toBeUndefined();
  });
});
