import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  displayForm,
  maskImported,
  maskSecret,
  isImportedSecret,
  isSecret,
  newSecret,
  SECRET_LENGTH,
} from './token.secret.js';

const secrets = fc.noShrink(fc.nat(0).map(() => newSecret()));
const character = fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' });

describe(newSecret.name, () => {
  it('makes what isSecret knows: sk-wt-, 32 random characters, 6 of checksum', () => {
    const made = Array.from({ length: 500 }, newSecret);
    for (const secret of made) {
      expect(secret).toMatch(/^sk-wt-[0-9A-Za-z]{38}$/);
      expect(secret).toHaveLength(SECRET_LENGTH);
      expect(isSecret(secret)).toBe(true);
    }
    expect(new Set(made.map((secret) => secret.slice(6, 14))).size).toBe(500);
  });

  it('uses the whole alphabet', () => {
    expect(new Set(Array.from({ length: 200 }, () => newSecret().slice(6, 38)).join('')).size).toBe(62);
  });
});

describe(isSecret.name, () => {
  it('refuses any single changed character', () => {
    fc.assert(
      fc.property(secrets, fc.nat(SECRET_LENGTH - 1), character, (secret, at, other) => {
        fc.pre(secret[at] !== other);
        expect(isSecret(secret.slice(0, at) + other + secret.slice(at + 1))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses any missing or added character', () => {
    fc.assert(
      fc.property(secrets, fc.nat(SECRET_LENGTH - 1), character, (secret, at, extra) => {
        expect(isSecret(secret.slice(0, at) + secret.slice(at + 1))).toBe(false);
        expect(isSecret(secret.slice(0, at) + extra + secret.slice(at))).toBe(false);
      }),
    );
  });

  it.each([
    '',
    'sk-wt-',
    'sk-proj-0123456789',
    `sk-wt-${'0'.repeat(38)}`,
    `sk-wt-${'A'.repeat(38)}`,
    'x'.repeat(100_000),
  ])('refuses %.20s…', (text) => {
    expect(isSecret(text)).toBe(false);
  });
});

describe(maskSecret.name, () => {
  it('shows four characters at either end', () => {
    const secret = newSecret();
    expect(maskSecret(secret)).toBe(`sk-wt-${secret.slice(6, 10)}…${secret.slice(-4)}`);
  });
});

describe(isImportedSecret.name, () => {
  const bytes = Buffer.from('0192f3a4b5c67d8e9fa0b1c2d3e4f506', 'hex');
  const secretOf = (changed: Buffer) => `sk-${changed.toString('base64url')}`;
  const secret = secretOf(bytes);

  it('knows a UUIDv7 in base64url', () => {
    expect(secret).toHaveLength(25);
    expect(isImportedSecret(secret)).toBe(true);
  });

  it.each([
    ['another prefix', `tok${secret.slice(2)}`],
    ['a character less', secret.slice(0, -1)],
    ['a character more', `${secret}A`],
    ['padding', `${secret.slice(0, -1)}=`],
    ['the alphabet of base64', `${secret.slice(0, 8)}+${secret.slice(9)}`],
    ['bits that no encoder sets', `${secret.slice(0, -1)}h`],
    ['version 4', secretOf(Buffer.from(bytes.with(6, 0x4d)))],
    ['another variant', secretOf(Buffer.from(bytes.with(8, 0xdf)))],
    ['one of ours', newSecret()],
  ])('refuses %s', (_what, text) => {
    expect(isImportedSecret(text)).toBe(false);
  });

  it('is shown unlike one of ours, with or without the secret', () => {
    expect(maskImported(secret, 'any')).toBe(`${secret.slice(0, 7)}…${secret.slice(-4)}`);
    expect(maskImported(undefined, '1a2b3c4d-0000-4000-8000-000000000000')).toBe('sk-…1a2b3c4d');
  });
});

describe(displayForm.name, () => {
  it('is the masked secret, typed with an ellipsis or with three dots', () => {
    const masked = maskSecret(newSecret());
    expect([masked, masked.replace('…', '...')].map(displayForm)).toEqual([masked, masked]);
  });
});
