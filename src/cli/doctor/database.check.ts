import { ownCommand } from '../../common/values/own.command.js';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ENTITIES } from '../../app.entities.js';
import { withTimeout } from '../../common/values/with.timeout.js';
import type { DatabaseConfig } from '../../config/app.config.js';
import { DatabaseUnreachable } from '../../database/dialect/database.error.js';
import { codeOf } from '../../database/dialect/driver.code.js';
import { DatabaseSchema, type SchemaStatus } from '../../maintenance/database.schema.js';
import { toCliError } from '../terminal/cli.error.js';
import { databaseFiles, isWritable } from './file.checks.js';
import { fail, type Finding, ok, warn } from './finding.js';

const LIMIT_MS = 10_000;
const CHECK = 'database';

/** Looks at the database, and changes and creates nothing. */
export async function checkDatabase(config: DatabaseConfig): Promise<Finding[]> {
  if (config.driver !== 'sqlite') return [await schema(config, async (status) => serverFinding(status))];
  const path = resolve(config.path);
  if (!isWritable(path))
    return [fail(CHECK, `${path} cannot be written`, 'correct DATABASE_PATH, or the owner of the file and its folder')];
  if (!existsSync(path)) return [ok(CHECK, `${path} does not exist yet: the first start creates it`)];
  return [await schema(config, async (status) => fileFinding(status, path)), ...databaseFiles(path)];
}

async function schema(config: DatabaseConfig, judge: (status: SchemaStatus) => Promise<Finding>): Promise<Finding> {
  try {
    return await judge(await withTimeout(LIMIT_MS, new DatabaseSchema(config, ENTITIES).status()));
  } catch (error) {
    return fail(
      CHECK,
      reasonOf(config, error),
      'correct DB_DRIVER, DATABASE_URL and DATABASE_PATH, or start the database',
    );
  }
}

/** Host and code of a server that does not respond, else the sentence that a start would end with. Never the URL, which has the password. */
function reasonOf({ driver, url }: DatabaseConfig, error: unknown): string {
  const { code, message } = toCliError(error) ?? { code: '', message: 'the check failed' };
  if (code !== 'unreachable') return message;
  const host = URL.canParse(url) ? ` at ${new URL(url).host}` : '';
  return `${driver}${host} cannot be reached (${innermostCode(error) ?? 'no response'})`;
}

/** The code of the system, below those that the layers of the database have added. */
function innermostCode(error: unknown): string | undefined {
  const inner = error instanceof DatabaseUnreachable ? error.reason : (error as Error).cause;
  return inner === undefined ? codeOf(error) : innermostCode(inner);
}

const serverFinding = ({ driver, isCurrent, applied, pending }: SchemaStatus): Finding =>
  isCurrent
    ? ok(CHECK, `${driver} responds, ${applied.length} migrations are applied`)
    : warn(
        CHECK,
        `${driver} responds, ${pending.length} migrations are pending`,
        'a server applies them when it starts',
      );

const fileFinding = ({ isCurrent, version }: SchemaStatus, path: string): Finding =>
  isCurrent || version === 0
    ? ok(CHECK, `sqlite, ${path} has version ${version}`)
    : fail(
        CHECK,
        `${path} has version ${version}, which this program does not use`,
        `run \`${ownCommand('migrate rebuild')}\``,
      );
