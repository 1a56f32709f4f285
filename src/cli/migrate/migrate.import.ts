import { Option, SubCommand } from 'nest-commander';
import { passwordsIn, withoutCredentials } from '../../common/connection/url.credentials.js';
import type { AppConfig } from '../../config/app.config.js';
import type { GoSource } from '../../maintenance/import/go.source.js';
import type { ImportReport } from '../../maintenance/import/import.report.js';
import { failure, usageError } from '../terminal/cli.error.js';
import { DatabaseCommand, type DatabaseOptions } from './database.command.js';
import type { DatabaseSession } from './database.session.js';
import { table } from '../terminal/table.js';
import { printable } from '../terminal/terminal.js';

interface ImportCommandOptions extends DatabaseOptions {
  from: string;
  keyFile?: string;
  passwordFile?: string;
  dryRun?: true;
}

@SubCommand({
  name: 'import',
  description: 'import projects and tokens of the Go system; existing ones are not changed',
})
export class MigrateImport extends DatabaseCommand {
  override readonly examples = [
    'migrate import --from ./llm-proxy.db --dry-run',
    'migrate import --from postgres://proxy@db.example.com/llm_proxy --password-file ./password',
  ];
  protected override readonly docs = 'docs/guides/import.md';

  async run(_: string[], options: ImportCommandOptions): Promise<void> {
    const { keyFile, passwordFile } = options;
    const key = keyFile === undefined ? undefined : parsedKey(await this.secrets.read('The key', keyFile));
    const password = passwordFile === undefined ? undefined : await this.secrets.read('The password', passwordFile);
    const source = await openSource(options.from, password);
    try {
      const work = async (session: DatabaseSession) => importInto(session, source, options, { key, password });
      const report = await this.withSession(options, work, options.dryRun ? 'inMemory' : 'create');
      this.printReport(options, report);
    } finally {
      await source.close();
    }
  }

  private printReport(options: ImportCommandOptions, { projects, tokens, faults }: ImportReport): void {
    this.print(options, { dry_run: options.dryRun ?? false, projects, tokens, faults }, (_, screen) =>
      table(
        ['', options.dryRun ? 'WOULD IMPORT' : 'IMPORTED', 'SKIPPED', 'FAILED'],
        Object.entries({ projects, tokens }).map(([what, tally]) => [
          what,
          tally.imported,
          tally.skipped,
          tally.failed,
        ]),
        screen,
      ),
    );
    if (!options.json) for (const line of faults) this.terminal.note(printable(line));
    if (faults.length > 0)
      throw failure(
        'not everything could be imported; you may run the import again, it skips what is imported already',
      );
  }

  @Option({
    flags: '--from <file or url>',
    description: 'source: a SQLite file, postgres://user@host/name or mysql://user@host/name; it is only read',
    required: true,
  })
  parseFrom(value: string): string {
    return value;
  }

  @Option({
    flags: '--key-file <path>',
    description: 'file with the ENCRYPTION_KEY of the Go system if it differs, or - to read a line from standard input',
  })
  parseKeyFile(value: string): string {
    return value;
  }

  @Option({
    flags: '--password-file <path>',
    description: 'file with the password for the URL, or - to read a line from standard input',
  })
  parsePasswordFile(value: string): string {
    return value;
  }

  @Option({ flags: '--dry-run', description: 'report what would be imported, write nothing' })
  parseDryRun(): true {
    return true;
  }
}

async function openSource(from: string, password: string | undefined): Promise<GoSource> {
  const { openGoSource } = await import('../../maintenance/import/go.source.js');
  const { connectionError } = await import('./database.session.js');
  return openGoSource(from, password).catch((error: unknown) => {
    throw connectionError('the database of --from', error) ?? error;
  });
}

interface SourceSecrets {
  readonly key: Buffer | undefined;
  readonly password: string | undefined;
}

async function importInto(
  { dataSource, ring, config }: DatabaseSession,
  source: GoSource,
  { dryRun, from }: ImportCommandOptions,
  { key, password }: SourceSecrets,
): Promise<ImportReport> {
  const { GoImporter } = await import('../../maintenance/import/go.importer.js');
  const { KeyRing } = await import('../../crypto/key.ring.js');
  const sourceRing = key && new KeyRing({ ...config, encryptionKey: key, previousEncryptionKey: undefined });
  const run = async (): Promise<ImportReport> =>
    new GoImporter(dataSource, ring, source, {
      dryRun: dryRun === true,
      nowMs: Date.now(),
      ...(sourceRing && { sourceRing }),
    }).run();
  if (dryRun) return run();
  const { CommandAudit } = await import('../../maintenance/command.audit.js');
  const secrets = [...passwordsIn(from), password ?? '', key?.toString('base64') ?? ''];
  const audit = new CommandAudit(dataSource, withHidden(config, secrets));
  return audit.around('data.import', { from: withoutCredentials(from) }, run, (report) => ({
    projects: { ...report.projects },
    tokens: { ...report.tokens },
    faults: report.faults.length,
  }));
}

/** The log of a database that also hides the secrets of the source. */
function withHidden(config: AppConfig, secrets: readonly string[]): AppConfig {
  return { ...config, audit: { ...config.audit, hidden: [...config.audit.hidden, ...secrets] } };
}

function parsedKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32 || key.toString('base64') !== text) throw usageError('the key must be 32 bytes in base64');
  return key;
}
