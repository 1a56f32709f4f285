import { Option, SubCommand } from 'nest-commander';
import type { NotedHead, Progress, Verdict } from '../../../audit/chain/chain.fault.js';
import { notedHeadText } from '../../../audit/chain/noted.heads.js';
import { pemOf, type PublicKeys } from '../../../audit/chain/signing.key.js';
import { CliError, EXIT_CODE, failure } from '../../terminal/cli.error.js';
import { serverEvents } from '../../terminal/event.stream.js';
import { notEmpty } from '../../terminal/option.values.js';
import { ManageCommand, type ManageOptions } from '../manage.command.js';
import type { ManagementClient, Query } from '../management.client.js';
import { brokenText, verdictText } from './audit.output.js';
import { notedHead, publicKeysOf, verifyFile } from './file.verification.js';

interface VerifyOptions extends ManageOptions {
  head?: string;
  file?: string;
  publicKey?: string[];
}

@SubCommand({
  name: 'verify',
  description: 'verify that no row of the audit log was changed; exit code 1 when one was',
})
export class AuditVerify extends ManageCommand {
  override readonly examples = [
    'manage audit verify --head head.json',
    'manage audit verify --file audit.jsonl --head head.json --public-key key.pem',
  ];
  protected override readonly docs = 'docs/security/audit.md';

  async run(_: string[], options: VerifyOptions): Promise<void> {
    const keys = publicKeysOf(options.publicKey ?? []);
    const noted = options.head === undefined ? undefined : notedHead(options.head, keys);
    const verdict = await this.verdict(options, noted?.head, keys);
    const problem = problemOf(verdict, options);
    if (options.json) this.terminal.json(verdict);
    else if (!problem) this.terminal.line(verdictText(verdict));
    if (noted?.keyId !== undefined && keys.size === 0)
      this.terminal.note(`The head is signed with the key ${noted.keyId}: compare it, or give --public-key.`);
    if (problem) throw problem;
  }

  private async verdict(
    { file, ...options }: VerifyOptions,
    head: NotedHead | undefined,
    keys: PublicKeys,
  ): Promise<Verdict> {
    const progress = ({ checked }: Progress): void => this.terminal.hint(`${checked} rows …`);
    if (file !== undefined) return verifyFile(file, head ? [head] : [], keys, progress);
    const query = { head: head && notedHeadText(head), public_key: [...keys.values()].map(pemOf) };
    return ofServer(await this.access.connect(options), query, progress);
  }

  @Option({
    flags: '--head <head>',
    description: 'a head noted earlier that the log must still have: a hash, number:hash, or the file of `head --out`',
  })
  parseHead(value: string): string {
    return notEmpty('--head', value);
  }

  @Option({ flags: '--file <file>', description: 'verify this export (JSON lines) instead, without a server' })
  parseFile(value: string): string {
    return notEmpty('--file', value);
  }

  @Option({
    flags: '--public-key <file>',
    description: 'trust signatures of this key (PEM); may be repeated: then those of other keys are faults',
  })
  parsePublicKey(value: string, earlier: string[] = []): string[] {
    return [...earlier, notEmpty('--public-key', value)];
  }
}

/** A table may be new. A file without rows is not the log that somebody meant. */
function problemOf(verdict: Verdict, options: VerifyOptions): CliError | undefined {
  const { state, broken_at: fault } = verdict;
  if (state === 'empty' && options.file !== undefined) return failure('--file has no rows');
  if (state !== 'broken') return undefined;
  const hint = fault?.detail === 'key' ? keyHint(options) : undefined;
  return new CliError(EXIT_CODE.failed, 'audit_broken', brokenText(verdict), hint);
}

function keyHint({ file, publicKey }: VerifyOptions): string {
  if (file === undefined)
    return 'The row is signed with a key that the server does not trust: set AUDIT_PREVIOUS_KEYS there, or give --public-key.';
  return publicKey === undefined
    ? 'The row is signed with a key that the file does not announce: give --public-key.'
    : 'The row is signed with another key than --public-key: give all keys of this log.';
}

/** The server verifies, and says how far it is. */
async function ofServer(
  api: ManagementClient,
  query: Query,
  onProgress: (progress: Progress) => void,
): Promise<Verdict> {
  const response = await api.stream('audit/verify', query, undefined, new AbortController().signal);
  try {
    for await (const { event, data } of serverEvents(textOf(response))) {
      if (event === 'progress') onProgress(JSON.parse(data) as Progress);
      if (event === 'verdict') return JSON.parse(data) as Verdict;
      if (event === 'error') throw refusalOf(data);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
  }
  throw failure('the server ended the verification before its verdict');
}

function refusalOf(data: string): CliError {
  const { error, code } = JSON.parse(data) as { error: string; code: string };
  return new CliError(EXIT_CODE.failed, code, `${error} (${code})`);
}

async function* textOf({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  if (body !== null) for await (const piece of body) yield decoder.decode(piece as Uint8Array, { stream: true });
}
