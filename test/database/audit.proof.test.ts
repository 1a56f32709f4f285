import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SigningKey } from '../../src/audit/chain/signing.key.js';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import { append, chainOf, fullDraft } from '../support/audit.chain.js';

const page = readFileSync(new URL('../../docs/security/audit.md', import.meta.url), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)![1]!;
const has = (program: string): boolean => spawnSync(program, ['--help']).error === undefined;

describe.skipIf(!has('python3') || !has('openssl') || !has('bash'))('the proof of the documentation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-proof-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
  const rows = chainOf(20, key);
  const hostile = { '\u{1f600}': 1, '\uffee': 'b', é: '\u0001\u2028"\\/\n' };
  append(rows, { ...fullDraft(0), metadata: { ...hostile, list: [true, null, -5] } }, key);

  const run = (program: string, ...args: string[]) => spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  const write = (of: readonly AuditRow[]): void =>
    writeFileSync(join(folder, 'audit.jsonl'), of.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const note = ({ seq, hash }: { seq: number; hash: string }): void =>
    writeFileSync(join(folder, 'head.json'), JSON.stringify({ seq, hash }));
  const python = () => run('python3', '-c', block('python'), 'audit.jsonl', 'head.json');

  it('runs on an exported file', () => {
    note(rows[4]!);
    write(rows);
    expect(python()).toMatchObject({ status: 0, stdout: `21 ${rows.at(-1)!.hash}\n` });
    write(rows.with(6, { ...rows[6]!, path: '/other' }));
    expect(python()).toMatchObject({ status: 1, stderr: 'broken at #7\n' });
    write(rows.toSpliced(6, 1));
    expect(python()).toMatchObject({ status: 1, stderr: 'broken at #7\n' });
  });

  it('looks the noted head up', () => {
    write(rows);
    note({ ...rows[4]!, hash: rows[5]!.hash });
    expect(python()).toMatchObject({ status: 1, stderr: 'the noted head #5 is not in the file\n' });
    note(rows.at(-1)!);
    write(rows.slice(0, -1));
    expect(python()).toMatchObject({ status: 1, stderr: 'the noted head #21 is not in the file\n' });
  });

  it('verifies the last signature', () => {
    writeFileSync(join(folder, 'key.pem'), key.publicKey.export({ format: 'pem', type: 'spki' }));
    write(rows);
    expect(run('bash', '-c', block('bash')).stdout).toContain('Signature Verified Successfully');
    write([...rows.slice(0, -1), { ...rows.at(-1)!, signature: rows[0]!.signature! }]);
    expect(run('bash', '-c', block('bash')).status).not.toBe(0);
  });
});
