import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../../config/app.config.js';
import { hashOfSecret, SessionMarks } from './session.mark.js';

const marks = (managementToken: string, previousManagementToken?: string) =>
  new SessionMarks({ managementToken, previousManagementToken } as AppConfig);
const session = {
  id: '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10',
  secretHash: hashOfSecret('secret'),
  operatorId: null,
  remember: false,
  createdAt: 1,
  expiresAt: 2,
};

describe(SessionMarks.name, () => {
  const one = marks('one');

  it('knows its own secrets, all of them different', () => {
    const secrets = Array.from({ length: 100 }, () => one.newSecret());
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) expect([secret.length, one.isOwn(secret)]).toEqual([43, true]);
  });

  it('knows that others are not its own', () => {
    const secret = one.newSecret();
    for (let i = 0; i < 43; i += 1) {
      // The last character has two bits that mean nothing.
      const other = i === 42 ? (secret[42] === 'A' ? 'E' : 'A') : secret[i] === 'x' ? 'y' : 'x';
      expect(one.isOwn(secret.slice(0, i) + other + secret.slice(i + 1))).toBe(false);
    }
    expect(marks('two').isOwn(secret)).toBe(false);
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => !one.isOwn(text)));
    fc.assert(fc.property(fc.base64String({ minLength: 44, maxLength: 44 }), (text) => !one.isOwn(text.slice(0, 43))));
  });

  it('binds a login with the former token to that', () => {
    const both = marks('two', 'one');
    const [secret, former] = [both.newSecret(), both.newSecret(true)];
    expect([secret, former].map((text) => both.isOwn(text))).toEqual([true, true]);
    expect([secret, former].map((text) => one.isOwn(text))).toEqual([false, true]);
    const rows = [false, true].map((isFormer) => ({ ...session, mark: both.sign(session, isFormer) }));
    expect(rows.map((row) => both.isRight(row))).toEqual([true, true]);
    expect(rows.map((row) => marks('two').isRight(row))).toEqual([true, false]);
  });

  it('marks every field that decides', () => {
    const mark = one.sign(session);
    expect(mark.length).toBeLessThanOrEqual(64);
    expect(one.isRight({ ...session, mark })).toBe(true);
    for (const change of [
      { id: 'x' },
      { secretHash: hashOfSecret('other') },
      { operatorId: 'x' },
      { remember: true },
      { createdAt: 0 },
      { expiresAt: 3 },
      { mark: '' },
      { mark: `${mark}x` },
      { mark: mark.slice(0, -1) },
    ])
      expect([change, one.isRight({ ...session, mark, ...change })]).toEqual([change, false]);
  });

  it('accepts the previous token, and marks with the current one', () => {
    const both = marks('two', 'one');
    expect(both.isOwn(one.newSecret())).toBe(true);
    expect(both.isRight({ ...session, mark: one.sign(session) })).toBe(true);
    expect(both.sign(session)).toBe(marks('two').sign(session));
    expect(one.isRight({ ...session, mark: both.sign(session) })).toBe(false);
    expect(both.prefixes).toEqual([...marks('two').prefixes, ...one.prefixes]);
    expect(one.sign(session).startsWith(one.prefixes[0]!)).toBe(true);
  });
});
