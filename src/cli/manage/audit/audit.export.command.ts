import { Option, SubCommand } from 'nest-commander';
import { failure, usageError } from '../../terminal/cli.error.js';
import { notEmpty } from '../../terminal/option.values.js';
import { AuditFilterCommand, type AuditFilterOptions, auditQuery } from './audit.filter.options.js';
import { writePrivately } from './private.file.js';

interface ExportOptions extends AuditFilterOptions {
  format?: string;
  out?: string;
}

@SubCommand({ name: 'export', description: 'print the audit log as JSON lines or CSV, oldest row first' })
export class AuditExportCommand extends AuditFilterCommand {
  override readonly examples = [
    'manage audit export --out audit.jsonl',
    'manage audit export --since 30d --format csv --out audit.csv',
  ];

  async run(_: string[], options: ExportOptions): Promise<void> {
    const { out, format, json } = options;
    if (json && format === 'csv') throw usageError('--json and --format csv exclude each other');
    const api = await this.access.connect(options);
    const query = { ...(await auditQuery(api, options)), format };
    const abort = new AbortController();
    const pieces = piecesOf(await api.stream('audit/export', query, undefined, abort.signal));
    if (out === undefined) return this.terminal.writeAll(pieces);
    await writePrivately(out, pieces);
    this.terminal.note(`Wrote ${out}.`);
  }

  @Option({ flags: '--format <jsonl|csv>', description: 'the format (default: jsonl)' })
  parseFormat(value: string): string {
    if (value === 'jsonl' || value === 'csv') return value;
    throw usageError('--format must be jsonl or csv');
  }

  @Option({ flags: '--out <file>', description: 'write to this file, which only its owner can read' })
  parseOut(value: string): string {
    return notEmpty('--out', value);
  }
}

/** Throws when the response breaks off. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  try {
    for await (const piece of body) yield piece as Uint8Array;
  } catch (error) {
    throw failure(`the export broke off: ${error instanceof Error ? error.message : String(error)}`);
  }
}
