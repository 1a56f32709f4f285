import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signedHead } from '../../src/audit/chain/signed.head.js';
import { keysById, pemOf, SigningKey } from '../../src/audit/chain/signing.key.js';
import { type AuditRow, FIRST_PREV_HASH, rowOf } from '../../src/audit/row/audit.row.js';
import { ROOT } from '../../src/common/values/actor.js';
import { append, chainOf, fullDraft } from '../support/audit.chain.js';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import { cli } from '../support/cli.run.js';

const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);

/** A signed chain. */
function chain(count: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let seq = 1; seq <= count; seq += 1) {
    const changes = { name: { from: null, to: `name ${seq}` } };
    const draft = { action: 'project.update', actor: ROOT, call: undefined, outcome: 'success', changes } as const;
    const row = rowOf(draft, seq, 1_795_867_200_000 + seq, rows.at(-1)?.hash ?? FIRST_PREV_HASH);
    rows.push({ ...row, signature: key.sign(seq, row.hash), key_id: key.id });
  }
  return rows;
}
const ROWS = chain(30);
const HEAD = signedHead(ROWS[19]!, keysById([key.publicKey]));
const page = (events: readonly AuditRow[], next?: number) => ({
  body: { events, pagination: { ...(next !== undefined && { next_before: next }) } },
});
const linesOf = (rows: readonly AuditRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('manage audit', () => {
  const fixture = CliFixture.forTests(page([]));
  const queries = () =>
    fixture.api.calls.map(({ url }) => Object.fromEntries(new URL(url, fixture.api.url).searchParams));
  const sse = (...events: [string, object][]) => ({
    text: events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
    headers: { 'content-type': 'text/event-stream' },
  });

  it('lists rows in a table', async () => {
    const denied: AuditRow = {
      ...ROWS[0]!,
      action: 'auth.denied',
      outcome: 'denied',
      reason: 'unauthorized',
      client_ip: '192.0.2.1',
    };
    fixture.api.answer(page([{ ...ROWS[1]!, actor_name: 'ana\u001b[31m', project_id: PROJECT.id }, denied]));
    const { code, stdout } = await fixture.manage(['audit', 'list']);
    const [head, first, second] = stdout.split('\n');
    expect([code, head]).toEqual([0, expect.stringMatching(/^SEQ +TIME +ACTION +ACTOR +OUTCOME +PROJECT +TOKEN +IP$/)]);
    expect(first).toMatch(/^2 +2026-11-\d\dT\S+ +project\.update +ana\?\[31m +success +3d2f8a54-\S+ +- +-$/);
    expect(second).toMatch(/^1 +\S+ +auth\.denied +management_api +denied: unauthorized +- +- +192\.0\.2\.1$/);
    expect(queries()).toEqual([{ page_size: '50' }]);
  });

  it('passes filters on, with ids in place of names', async () => {
    fixture.api.answer(({ url }) => (url.startsWith('/manage/projects') ? { body: [PROJECT] } : page([])));
    const filters = ['--action', 'token.revoke', '--actor', 'operator', '--outcome', 'failure', '--origin', 'cli'];
    const more = [
      '--project',
      PROJECT.name,
      '--search',
      'x y',
      '--method',
      'post',
      '--client-ip',
      '::1',
      '--since',
      '7d',
    ];
    const { stdout } = await fixture.manage(['audit', 'ls', ...filters, ...more, '--until', '2027-01-01T00:00:00Z']);
    expect(stdout).toBe('There are no such rows.\n');
    const { start_time: start, ...query } = queries().at(-1)!;
    expect(Date.parse(start!)).toBeLessThan(Date.now() - 6 * 86_400_000);
    expect(query).toEqual({
      action: 'token.revoke',
      actor: 'operator',
      outcome: 'failure',
      origin: 'cli',
      project_id: PROJECT.id,
      search: 'x y',
      method: 'POST',
      client_ip: '::1',
      end_time: '2027-01-01T00:00:00Z',
      page_size: '50',
    });
    for (const wrong of [
      ['--action', 'token.eat'],
      ['--since', 'yesterday'],
      ['--search', 'sk-wt-abc'],
      ['--outcome', 'maybe'],
    ])
      expect((await fixture.manage(['audit', 'list', ...wrong])).code).toBe(2);
  });

  it('follows pages to the limit, an empty one too', async () => {
    fixture.api.answer(({ url }) => {
      const before = new URL(url, fixture.api.url).searchParams.get('before');
      if (before === null) return page(ROWS.slice(8, 10), 9);
      return before === '9' ? page([], 5) : page(ROWS.slice(2, 4), 3);
    });
    const { stdout } = await fixture.manage(['audit', 'list', '--limit', '4', '--json']);
    expect(JSON.parse(stdout)).toHaveLength(4);
    expect(queries()).toEqual([{ page_size: '4' }, { page_size: '2', before: '9' }, { page_size: '2', before: '5' }]);
  });

  it('shows a row, with what changed', async () => {
    fixture.api.answer({ body: ROWS[4] });
    const { stdout } = await fixture.manage(['audit', 'get', '#5']);
    expect(stdout).toMatch(/^Number: +5$/m);
    expect(stdout).toMatch(/^Changed name: +null → name 5$/m);
    expect(stdout).not.toMatch(/^Token/m);
    expect(fixture.lastCall.url).toBe('/manage/audit/5');
    expect((await fixture.manage(['audit', 'get', '../tokens'])).code).toBe(2);
  });

  it('prints a head, and keeps it in a file of its owner', async () => {
    fixture.api.answer({ body: HEAD });
    const out = fixture.files.path('head.json');
    const { stdout } = await fixture.manage(['audit', 'head', '--out', out]);
    expect(stdout).toContain(HEAD.hash);
    expect([statSync(out).mode & 0o777, JSON.parse(readFileSync(out, 'utf8'))]).toEqual([0o600, HEAD]);
    await fixture.manage(['audit', 'verify', '--head', out]);
    expect(queries().at(-1)).toEqual({ head: `20:${HEAD.hash}` });
  });

  it('verifies by the server', async () => {
    const intact = {
      state: 'intact',
      checked: 30,
      first_seq: 1,
      last_seq: 30,
      head: HEAD.hash,
      signatures: { checked: 0, unknown_keys: [] },
    };
    fixture.api.answer(sse(['progress', { checked: 10, last_seq: 10 }], ['verdict', intact]));
    const shown = await fixture.manage(['audit', 'verify']);
    expect([shown.code, shown.stdout]).toEqual([0, `intact to #30, 30 rows, head ${HEAD.hash}\n`]);
    const broken = { ...intact, state: 'broken', broken_at: { seq: 12, why: 'changed' } };
    fixture.api.answer(sse(['verdict', broken]));
    const refused = await fixture.manage(['audit', 'verify', '--json']);
    expect([refused.code, JSON.parse(refused.stdout)]).toEqual([1, broken]);
    expect(refused.stderr).toContain('broken at #12: changed');
  });

  it('does not take a verification that ends early for a good one', async () => {
    fixture.api.answer(sse(['progress', { checked: 10, last_seq: 10 }]));
    expect((await fixture.manage(['audit', 'verify'])).code).toBe(1);
    fixture.api.answer(sse(['error', { error: 'The database is away.', code: 'store_unavailable' }]));
    const { code, stderr } = await fixture.manage(['audit', 'verify']);
    expect([code, stderr]).toEqual([1, 'llm-proxy: The database is away. (store_unavailable)\n']);
  });

  it('exports to standard output, or to a file of its owner', async () => {
    const text = linesOf(ROWS);
    fixture.api.answer({ text });
    expect((await fixture.manage(['audit', 'export', '--action', 'project.update'])).stdout).toBe(text);
    expect(queries()).toEqual([{ action: 'project.update' }]);
    const out = fixture.files.path('audit.jsonl');
    expect(await fixture.manage(['audit', 'export', '--out', out])).toMatchObject({ code: 0, stdout: '' });
    expect([readFileSync(out, 'utf8'), statSync(out).mode & 0o777, existsSync(`${out}.part`)]).toEqual([
      text,
      0o600,
      false,
    ]);
  });

  it('leaves no file of an export that broke off', async () => {
    fixture.api.answer({ text: linesOf(ROWS), headers: { 'content-length': '1000000', connection: 'close' } });
    const out = fixture.files.path('broken.jsonl');
    const running = fixture.manage(['audit', 'export', '--out', out]);
    expect((await running).code).toBe(1);
    expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false]);
  });
});

describe('manage audit verify --file', () => {
  const fixture = CliFixture.forTests(page([]));
  const verify = async (rows: readonly AuditRow[] | string, ...more: string[]) => {
    const text = typeof rows === 'string' ? rows : linesOf(rows);
    return cli(['manage', 'audit', 'verify', '--file', fixture.files.file('audit.jsonl', text), ...more]);
  };
  const publicKey = () => fixture.files.file('key.pem', pemOf(key.publicKey));
  const other = new SigningKey(generateKeyPairSync('ed25519').privateKey);

  it('gives keys to the server too', async () => {
    const verdict = { state: 'empty', checked: 0, signatures: { checked: 0, unknown_keys: [] } };
    fixture.api.answer({
      text: `event: verdict\ndata: ${JSON.stringify(verdict)}\n\n`,
      headers: { 'content-type': 'text/event-stream' },
    });
    const more = ['--public-key', fixture.files.file('other.pem', pemOf(other.publicKey))];
    expect((await fixture.manage(['audit', 'verify', '--public-key', publicKey(), ...more])).code).toBe(0);
    const { searchParams } = new URL(fixture.lastCall.url, fixture.api.url);
    expect(searchParams.getAll('public_key')).toEqual([key, other].map(({ publicKey: one }) => pemOf(one)));
  });

  it('has only keys that are given, all of them', async () => {
    const rows = ROWS.slice(0, 20);
    while (rows.length < 25) append(rows, fullDraft(rows.length), other);
    expect(await verify(rows, '--public-key', publicKey())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('broken at #21: changed (key)\nllm-proxy: The row is signed with another key'),
    });
    const both = fixture.files.file('both.pem', pemOf(key.publicKey) + pemOf(other.publicKey));
    expect((await verify(rows, '--public-key', both)).stdout).toContain('25 signatures are right.');
    const unsigned = ROWS.map(({ signature: _signature, key_id: _keyId, ...row }) => row);
    expect((await verify(unsigned)).code).toBe(0);
    expect((await verify(unsigned, '--public-key', publicKey())).stderr).toContain(
      'broken at #30: changed (signature)',
    );
  });

  it('says which keys only the file names', async () => {
    const { stdout } = await verify(chainOf(1, other));
    expect(stdout).toContain(`1 signature is right.\nSigned with keys that only the log names: ${other.id}.`);
  });

  it('checks the signature of a head, and does not trust the key beside it', async () => {
    const head = (values: object) => fixture.files.file('head.json', JSON.stringify({ ...HEAD, ...values }));
    const shown = await verify(chainOf(3, key), '--head', head(signedHead(chainOf(3, key)[2]!, new Map())));
    expect(shown.code).toBe(1);
    for (const wrong of [
      { signature: ROWS[1]!.signature },
      { hash: ROWS[1]!.hash },
      { public_key: pemOf(other.publicKey) },
      { public_key: 'none' },
      { signature: undefined },
    ])
      expect((await verify(ROWS, '--public-key', publicKey(), '--head', head(wrong))).code).toBe(2);
    const foreign = fixture.files.file('other.pem', pemOf(other.publicKey));
    expect((await verify(ROWS, '--public-key', foreign, '--head', head({}))).code).toBe(2);
    // The key in the file of the head is not one that is given.
    const alone = await verify(ROWS, '--head', head({}));
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining(`signed with the key ${key.id}`)]);
  });

  it('goes on behind rows that were pruned before they were written, and says so', async () => {
    const text = `${linesOf(ROWS.slice(0, 10))}{"pruned_to":15}\n${linesOf(ROWS.slice(15))}`;
    const { code, stdout } = await verify(text, '--public-key', publicKey());
    expect([code, stdout]).toEqual([0, expect.stringContaining('intact to #30, 25 rows')]);
    expect(stdout).toContain('Rows #11 to #15 are not here: they were pruned');
    const noted = ['--public-key', publicKey(), '--head'];
    expect((await verify(text, ...noted, `12:${ROWS[11]!.hash}`)).stdout).toContain(
      'The row of the noted head was pruned',
    );
    expect((await verify(text, ...noted, ROWS[14]!.hash)).stdout).toContain('The row of the noted head was pruned');
    expect((await verify(text, ...noted, `15:${ROWS[13]!.hash}`)).code).toBe(1);
    const more = `${linesOf(ROWS.slice(0, 10))}{"pruned_to":15}\n${linesOf(ROWS.slice(16))}`;
    expect((await verify(more, '--public-key', publicKey())).stderr).toContain('broken at #16: missing');
    const within = `${linesOf(ROWS.slice(0, 10))}{"pruned_to":5}\n${linesOf(ROWS.slice(11))}`;
    expect((await verify(within, '--public-key', publicKey())).stderr).toContain('broken at #11: missing');
  });

  it('needs no server, but the key of signed rows', async () => {
    const { code, stdout } = await verify(ROWS, '--public-key', publicKey());
    expect([code, stdout]).toEqual([0, expect.stringContaining(`intact to #30, 30 rows, head ${ROWS[29]!.hash}\n`)]);
    expect((await verify(ROWS)).stderr).toContain('--public-key');
    expect(fixture.api.calls).toEqual([]);
  });

  it('checks signatures with a key, and a head that was noted', async () => {
    const head = fixture.files.file('head.json', JSON.stringify(HEAD));
    const { code, stdout } = await verify(ROWS, '--public-key', publicKey(), '--head', head);
    expect([code, stdout]).toEqual([0, expect.stringContaining('30 signatures are right.')]);
    expect(stdout).toContain('The noted head is in the log');
    const forged = ROWS.map((row) => (row.seq === 7 ? { ...row, signature: ROWS[7]!.signature! } : row));
    expect(await verify(forged, '--public-key', publicKey())).toMatchObject({
      code: 1,
      stderr: 'llm-proxy: broken at #7: changed (signature)\n',
    });
  });

  it('says where the log is broken', async () => {
    const changed = ROWS.map((row) => (row.seq === 12 ? { ...row, actor_name: 'nobody' } : row));
    expect(await verify(changed, '--public-key', publicKey())).toMatchObject({
      code: 1,
      stderr: 'llm-proxy: broken at #12: changed\n',
    });
    expect(
      (
        await verify(
          ROWS.filter(({ seq }) => seq !== 9),
          '--public-key',
          publicKey(),
        )
      ).stderr,
    ).toContain('broken at #9: missing');
    expect((await verify(ROWS.slice(0, 10), '--head', HEAD.hash, '--public-key', publicKey())).stderr).toContain(
      'truncated',
    );
  });

  it('tells of a beginning that is not there', async () => {
    expect((await verify(ROWS.slice(10), '--public-key', publicKey())).stdout).toContain(
      'The rows before #11 are not here.',
    );
  });

  it('does not take a file without rows for a log', async () => {
    for (const text of ['', '\n'])
      expect(await verify(text)).toEqual({ code: 1, stdout: '', stderr: 'llm-proxy: --file has no rows\n' });
    const { code, stdout } = await verify('', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { state: 'empty', checked: 0 }]);
  });

  it('refuses what is no log', async () => {
    expect(await verify('{"seq":1}\n')).toMatchObject({ code: 1, stderr: expect.stringContaining('line 1 is no row') });
    expect((await verify(ROWS, '--head', 'nowhere')).code).toBe(2);
    expect((await verify(ROWS, '--public-key', fixture.files.file('bad.pem', 'no key'))).code).toBe(2);
    const missing = await cli(['manage', 'audit', 'verify', '--file', '/nowhere/audit.jsonl']);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--file cannot be read')]);
  });
});
