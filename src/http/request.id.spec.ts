import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { correlationId, requestId } from './request.id.js';
import { isUuid } from '../common/rest/uuid.js';

const asking = (value: string | string[] | undefined): IncomingMessage =>
  ({ headers: { 'x-request-id': value } }) as unknown as IncomingMessage;

describe(requestId.name, () => {
  it.each(['a', 'req_123-4.5', 'A'.repeat(64)])('keeps %s', (value) => expect(requestId(asking(value))).toBe(value));

  it.each(['task-550e8400-e29b-41d4-a716-446655440000', 'desk-12345678', '01ARZ3NDEKTSV4RRFFQ69G5FAV'])(
    'keeps the id %s',
    (value) => expect(requestId(asking(value))).toBe(value),
  );

  it.each([
    'sk-abcdefgh12345678',
    'sk-wt-0123456789abcdefghijklmnopqrstuvABCDEF',
    'idsk-wt-0123456789',
    'trace.sk-abcdefgh12345678',
    'sk-proj-abc',
    'gsk_abcdefgh',
    'eyJhbGciOiJIUzI1NiJ9.e30.x',
    'Bearer-abc',
  ])('replaces the credential %s', (value) => expect(isUuid(requestId(asking(value)))).toBe(true));

  it('replaces a part of the credential of the same request', () => {
    const headers = { 'x-request-id': 'secret-of-an-operator', authorization: 'Bearer the-secret-of-an-operator!' };
    expect(isUuid(requestId({ headers } as unknown as IncomingMessage))).toBe(true);
  });

  it.each(['a-secret-of-sinks', 'x.a-secret-of-sinks', 'secret-of-sinks', 'short-sec'])(
    'replaces %s, which has a secret of the process in it or is a part of one',
    (value) => {
      const secrets = ['a-secret-of-sinks', 'short-sec', 'id'];
      const request = { headers: { 'x-request-id': value, 'x-correlation-id': value } } as unknown as IncomingMessage;
      expect(isUuid(requestId(request, secrets))).toBe(true);
      expect(correlationId(request, secrets)).toBeUndefined();
    },
  );

  it('keeps an id that has a word of a secret or a short secret in it', () => {
    const secrets = ['postgres://user:secret@database.internal/proxy', 'id'];
    for (const id of ['database', 'id-of-a-client']) expect(requestId(asking(id), secrets)).toBe(id);
  });

  it.each([undefined, '', 'A'.repeat(65), 'a b', 'a\tb"{}%0a', 'a,b', 'ä', 'a\n', ['a', 'b']])(
    'replaces %j',
    (value) => {
      const id = requestId(asking(value));
      expect(isUuid(id)).toBe(true);
      expect(requestId(asking(value))).not.toBe(id);
    },
  );
});
