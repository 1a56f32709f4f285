import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config.loader.js';
import { ed25519PublicKeys } from '../values/signing.key.js';
import type { Variables } from '../values/variables.js';
import { AuditVariables } from './audit.variables.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';
const load = (variables: Variables) => loadConfig({ MANAGEMENT_TOKEN, ...variables });
const problems = (variables: Variables): string[] => {
  try {
    return (load(variables), []);
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
};
const { privateKey } = generateKeyPairSync('ed25519');
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const der = privateKey.export({ format: 'der', type: 'pkcs8' });

describe(AuditVariables.name, () => {
  it('has a file only where one is named', () => {
    expect(load({}).config.audit.file).toBeUndefined();
    expect(load({ AUDIT_LOG_FILE: './a.jsonl', AUDIT_LOG_MAX_SIZE: '1KB' }).config.audit.file).toEqual({
      path: './a.jsonl',
      maxBytes: 1024,
      maxFiles: 10,
    });
  });

  it('warns of a file that nothing is written to', () => {
    const { config, warnings } = load({
      AUDIT_ENABLED: 'false',
      AUDIT_LOG_FILE: './a.jsonl',
    });
    expect(config.audit.enabled).toBe(false);
    expect(warnings).toContain('AUDIT_LOG_FILE is not used: AUDIT_ENABLED is false, so no rows are written');
  });

  it.each([
    ['0s', 0],
    ['1d', 86_400_000],
    ['3660d', 3660 * 86_400_000],
  ])('AUDIT_RETENTION may be %s', (text, ms) => {
    expect(load({ AUDIT_RETENTION: text }).config.audit.retentionMs).toBe(ms);
  });

  it.each(['23h', '3661d', 'long'])('AUDIT_RETENTION refuses %s', (text) => {
    expect(problems({ AUDIT_RETENTION: text })).toHaveLength(1);
  });

  it.each([
    ['PEM', pem],
    ['the base64 of PEM', Buffer.from(pem).toString('base64')],
    ['the base64 of DER', der.toString('base64')],
  ])('AUDIT_SIGNING_KEY may be %s', (_form, text) => {
    expect(load({ AUDIT_SIGNING_KEY: text }).config.audit.signingKey).toBe(text.trim());
  });

  it('AUDIT_SIGNING_KEY refuses another type of key, and text, without repeating it', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    for (const text of [other.export({ format: 'pem', type: 'pkcs8' }).toString(), 'secret-text']) {
      const [line, ...more] = problems({ AUDIT_SIGNING_KEY: text });
      expect([line, more]).toEqual([expect.stringContaining('must be an Ed25519 private key'), []]);
      expect(line).not.toContain(text.slice(0, 11));
    }
  });

  const publicPem = (): string =>
    generateKeyPairSync('ed25519').publicKey.export({
      format: 'pem',
      type: 'spki',
    }) as string;

  it('AUDIT_PREVIOUS_KEYS may be several PEM, or the base64 of them, and is no secret', () => {
    const several = publicPem() + publicPem();
    for (const text of [several, Buffer.from(several).toString('base64')]) {
      const { previousKeys, hidden } = load({ AUDIT_PREVIOUS_KEYS: text }).config.audit;
      expect(ed25519PublicKeys(previousKeys!)).toHaveLength(2);
      expect(hidden).toEqual([MANAGEMENT_TOKEN]);
    }
  });

  it.each([
    ['a private key', pem],
    ['a private key behind a public one', publicPem() + pem],
    ['text', 'no key'],
    ['text between keys', `${publicPem()}and${publicPem()}`],
  ])('AUDIT_PREVIOUS_KEYS refuses %s', (_what, text) => {
    expect(problems({ AUDIT_PREVIOUS_KEYS: text })).toEqual([expect.stringContaining('must be Ed25519 public keys')]);
  });

  it('hides every secret of the process, passwords within URLs, and a key within its PEM', () => {
    expect(load({ AUDIT_SIGNING_KEY: pem }).config.audit.hidden).toContain(der.toString('base64'));
    const { hidden } = load({
      METRICS_TOKEN: 'metrics-secret',
      DB_DRIVER: 'postgres',
      DATABASE_URL: 'postgres://u:pass%20word@h/n',
      UPSTREAM_PROXY: 'user:proxy@word@proxy.example',
    }).config.audit;
    expect(hidden).toEqual([
      MANAGEMENT_TOKEN,
      'postgres://u:pass%20word@h/n',
      'pass%20word',
      'pass word',
      'metrics-secret',
      'proxy%40word',
      'proxy@word',
    ]);
  });

  it('says what the names of the Go system mean here', () => {
    const { warnings } = load({
      AUDIT_CREATE_DIR: 'true',
      AUDIT_STORE_IN_DB: 'true',
    });
    expect(warnings.filter((line) => line.startsWith('AUDIT_'))).toEqual([
      'AUDIT_CREATE_DIR is not read: the folder of AUDIT_LOG_FILE is made when it is missing',
      'AUDIT_STORE_IN_DB is not read: the audit log always is in the database; AUDIT_ENABLED=false switches it off',
    ]);
  });
});
