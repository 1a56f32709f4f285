import { Option, SubCommand } from 'nest-commander';
import type { KeyObject } from 'node:crypto';
import type { NotedHead, Progress, Verdict } from '../../../audit/chain/chain.fault.js';
import { CliError, EXIT_CODE, failure, usageError } from '../../terminal/cli.error.js';
import { serverEvents } from '../../terminal/event.stream.js';
import { notEmpty } from '../../terminal/option.values.js';
import { ManageCommand, type ManageOptions } from '../manage.command.js';
import type { ManagementClient } from '../management.client.js';
import { brokenText, verdictText } from './audit.output.js';
import { byId, notedHead, publicKeyOf, verifyFile } from './file.verification.js';

interface VerifyOptions extends ManageOptions {
  head?: string;
  file?: string;
  publicKey?: string;
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
    if (options.publicKey !== undefined && options.file === undefined)
      throw usageError('--public-key is for --file: a server has its own key');
    const noted = options.head === undefined ? undefined : notedHead(options.head);
    const verdict = await this.verdict(options, noted);
    if (options.json) this.terminal.json(verdict);
    else if (verdict.state !== 'broken') this.terminal.line(verdictText(verdict));
    if (verdict.state !== 'broken') return;
    const isKey = options.file !== undefined && verdict.broken_at?.detail === 'key';
    const hint = isKey
      ? 'The rows are signed with a key that the file does not announce: give --public-key.'
      : undefined;
    throw new CliError(EXIT_CODE.failed, 'audit_broken', brokenText(verdict), hint);
  }

  private async verdict(
    options: VerifyOptions,
    noted: { head: NotedHead; publicKey: KeyObject | undefined } | undefined,
  ): Promise<Verdict> {
    const { file, publicKey } = options;
    const progress = ({ checked }: Progress): void => this.terminal.hint(`${checked} rows …`);
    if (file === undefined) return ofServer(await this.access.connect(options), noted?.head, progress);
    const keys = [noted?.publicKey, publicKey === undefined ? undefined : publicKeyOf(publicKey)];
    const known = byId(keys.filter((key) => key !== undefined));
    return verifyFile(file, noted ? [noted.head] : [], known, progress);
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

  @Option({ flags: '--public-key <file>', description: 'check the signatures in --file with this key (PEM)' })
  parsePublicKey(value: string): string {
    return notEmpty('--public-key', value);
  }
}

/** The server verifies, and says how far it is. */
async function ofServer(
  api: ManagementClient,
  noted: NotedHead | undefined,
  onProgress: (progress: Progress) => void,
): Promise<Verdict> {
  const head = noted && (noted.seq === undefined ? noted.hash : `${noted.seq}:${noted.hash}`);
  const response = await api.stream('audit/verify', { head }, undefined, new AbortController().signal);
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
