import { ownCommand } from '../../common/values/own.command.js';
import { withTimeout } from '../../common/values/with.timeout.js';
import type { AppConfig } from '../../config/app.config.js';
import { openEventDatabase } from '../../events/store/event.database.open.js';
import { prepareEventDatabase } from '../../events/store/event.file.js';
import { unservedSinks, type UnservedSink } from '../../events/store/bus/unserved.sinks.js';
import { type EventFileStatus, eventFileStatus } from '../../maintenance/event.file.status.js';
import { toCliError } from '../terminal/cli.error.js';
import { databaseFiles, isWritable } from './file.checks.js';
import { fail, type Finding, ok, warn } from './finding.js';

const LIMIT_MS = 10_000;
const CHECK = 'events';

/** Looks at the store of events, and changes and creates nothing. A database server has its own check before. */
export async function checkEvents(config: AppConfig): Promise<Finding[]> {
  if (!config.observability.enabled) return [ok(CHECK, 'not recorded: OBSERVABILITY_ENABLED is false')];
  if (config.database.driver !== 'sqlite') return [ok(CHECK, retention(config)), ...(await waiting(config))];
  try {
    return await fileFindings(config, eventFileStatus(config.database));
  } catch (error) {
    return [fail(CHECK, reasonOf(error), 'restore the file of events, or move it away: it has no tokens')];
  }
}

async function fileFindings(config: AppConfig, status: EventFileStatus): Promise<Finding[]> {
  const { path, version, isCurrent, bytes, segments } = status;
  if (!isWritable(path))
    return [fail(CHECK, `${path} cannot be written`, 'correct the owner of the file and its folder')];
  if (!isCurrent) {
    const detail = `${path} has version ${version}, which this program does not use`;
    return [fail(CHECK, detail, `run \`${ownCommand('migrate rebuild')}\``)];
  }
  if (version === 0) return [ok(CHECK, `${path} does not exist yet: the first start creates it; ${retention(config)}`)];
  const detail = `${path} has version ${version}, ${bytes} bytes, ${segments} segments; ${retention(config)}`;
  return [ok(CHECK, detail), ...(await waiting(config)), ...databaseFiles(path)];
}

function retention({ events, observability }: AppConfig): string {
  const { keepMs, maxAgeMs, maxBytes, usageKeepMs, bodiesKeepMs } = events;
  const limit = maxBytes === 0 ? 'without a limit' : `within ${maxBytes} bytes`;
  const usage = usageKeepMs === 0 ? 'for ever' : `for ${hours(usageKeepMs)}`;
  const bodies = observability.capture === 'off' ? 'not captured' : `for ${hours(bodiesKeepMs)}`;
  return `requests are kept for ${hours(keepMs)}, waiting events for ${hours(maxAgeMs)} ${limit}, usage ${usage}, bodies ${bodies}`;
}

const hours = (ms: number): string => `${Math.round(ms / 36_000) / 100} h`;

/** What no process delivers. An error is a finding where the store is a file: a database server has a check of its own. */
async function waiting(config: AppConfig): Promise<Finding[]> {
  try {
    return (await withTimeout(LIMIT_MS, unserved(config))).map(sinkFinding);
  } catch (error) {
    if (config.database.driver !== 'sqlite') return [warn(CHECK, 'not read', 'correct the database first')];
    return [fail(CHECK, reasonOf(error), 'check the disk and the owner of the file')];
  }
}

async function unserved(config: AppConfig): Promise<UnservedSink[]> {
  const database = await openEventDatabase(await prepareEventDatabase(config.database));
  try {
    // The file can be written: a transaction takes its lock.
    return await database.transaction(unservedSinks);
  } finally {
    await database.close();
  }
}

const sinkFinding = ({ sink, events, oldestSeconds }: UnservedSink): Finding =>
  warn(
    CHECK,
    `${events} events wait for ${sink}, the oldest for ${Math.round(oldestSeconds)} s, and no process serves it`,
    `start one with the sink in DISPATCHER_SERVICES, or give them up: \`${ownCommand(`events sinks remove ${sink}`)}\``,
  );

const reasonOf = (error: unknown): string => toCliError(error)?.message ?? 'the file cannot be used';
