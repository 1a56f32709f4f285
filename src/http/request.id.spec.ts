import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { requestId } from './request.id.js';
import { isUuid } from '../common/rest/uuid.js';

const asking = (value: string | string[] | undefined): IncomingMessage =>
  ({ headers: { 'x-request-id': value } }) as unknown as IncomingMessage;

describe(requestId.name, () => {
  it.each(['a', 'req_123-4.5', 'A'.repeat(64)])('keeps %s', (value) => expect(requestId(asking(value))).toBe(value));

  it.each([undefined, '', 'A'.repeat(65), 'a b', 'a\tb"{}%0a', 'a,b', 'ä', 'a\n', ['a', 'b']])(
    'replaces %j',
    (value) => {
      const id = requestId(asking(value));
      expect(isUuid(id)).toBe(true);
      expect(requestId(asking(value))).not.toBe(id);
    },
  );
});
