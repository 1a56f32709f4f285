import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config.loader.js';
import { SECRET_VARIABLES } from './environment.js';
import { givenVariables } from './given.variables.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';
const ENCRYPTION_KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString('base64');

describe('secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it.each(SECRET_VARIABLES)('%s is read from the file that its _FILE variable names', (name) => {
    mkdirSync(join(folder, '..data'), { recursive: true });
    const path = join(folder, name);
    writeFileSync(join(folder, '..data', name), 'the-secret\r\n');
    symlinkSync(join('..data', name), path);
    expect(givenVariables({ [`${name}_FILE`]: path, [name]: '' })).toMatchObject({
      variables: { [name]: 'the-secret' },
      problems: [],
    });
    expect(givenVariables({ [`${name}_FILE`]: path, [name]: 'x' }).problems).toEqual([
      `${name} and ${name}_FILE are both set: remove one of them`,
    ]);
  });

  it.each(['\n', '\r\n', '\n\n'])('lose line ends at their end: %j', (end) => {
    const { config } = loadConfig({
      MANAGEMENT_TOKEN: `${MANAGEMENT_TOKEN}${end}`,
      ENCRYPTION_KEY_FILE: file('key', `${ENCRYPTION_KEY}${end}`),
      DATABASE_URL: `postgres://u:p@h/db${end}`,
      REDIS_URL: `redis://h${end}`,
    });
    expect(config).toMatchObject({
      managementToken: MANAGEMENT_TOKEN,
      encryptionKey: Buffer.from(ENCRYPTION_KEY, 'base64'),
      database: { url: 'postgres://u:p@h/db' },
      redis: { url: 'redis://h' },
    });
  });

  it('name their variable when the file cannot be read, with one line each', () => {
    const missing = join(folder, 'missing');
    expect(() =>
      loadConfig({
        MANAGEMENT_TOKEN_FILE: missing,
        ENCRYPTION_KEY_FILE: folder,
        REDIS_URL_FILE: file('empty', '\n'),
      }),
    ).toThrow(
      expect.objectContaining({
        exitCode: 78,
        problems: [
          `MANAGEMENT_TOKEN_FILE: the file ${missing} does not exist`,
          `ENCRYPTION_KEY_FILE: the file ${folder} is a directory`,
          `REDIS_URL_FILE: the file ${join(folder, 'empty')} is empty`,
        ],
      }),
    );
  });

  it.each([
    [`"${MANAGEMENT_TOKEN}"`, /^MANAGEMENT_TOKEN has quotes around its value/],
    [`'${MANAGEMENT_TOKEN}'`, /^MANAGEMENT_TOKEN has quotes around its value/],
    [`${MANAGEMENT_TOKEN}\nX=1`, /^MANAGEMENT_TOKEN has a line break/],
    [` ${MANAGEMENT_TOKEN}`, /^MANAGEMENT_TOKEN has white space around/],
    [`${MANAGEMENT_TOKEN}\t`, /^MANAGEMENT_TOKEN has white space around/],
  ])('are refused with what is around them, unseen: %j', (token, line) => {
    expect(() => loadConfig({ MANAGEMENT_TOKEN: token })).toThrow(
      expect.objectContaining({ problems: [expect.stringMatching(line)] }),
    );
    expect(() => loadConfig({ MANAGEMENT_TOKEN: token })).not.toThrow(MANAGEMENT_TOKEN);
  });
});
