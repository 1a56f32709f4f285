import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyIdOf } from '../../../src/audit/chain/signing.key.js';
import type { Variables } from '../../../src/config/values/variables.js';
import { freshFile, freshMysql, freshPostgres } from '../../support/databases.js';
import { MariadbServer } from '../../support/mariadb.server.js';
import { PostgresServer } from '../../support/postgres.server.js';
import type { Driver } from '../checker.js';
import { Cluster } from '../cluster.js';
import { until } from '../../support/until.js';
import { CountingUpstream } from '../counting.upstream.js';
import { Random } from '../random.js';
import { AuditClients } from './audit.clients.js';
import { faultsOfFile, readFile } from './audit.file.js';
import { readTables } from './audit.tables.js';
import { AuditVerdict } from './audit.verdict.js';

const CLIENTS = 8;
/** For the copy of the last rows on a busy machine. */
const PATIENCE_MS = 60_000;
/** Of ten kills one takes the database server. */
const isOfDatabase = (n: number): boolean => n % 10 === 1;

/** Clients change projects and tokens without a pause, while servers and the database are killed; then tables and rows are compared. */
export async function auditTrial(driver: Driver, kills: number, seed: number): Promise<AuditVerdict> {
  const verdict = new AuditVerdict(driver, seed);
  const random = new Random(seed);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const folder = mkdtempSync(join(tmpdir(), 'checker-audit-'));
  const file = join(folder, 'audit.jsonl');
  const { cluster, variables, stop } = await start(driver, {
    AUDIT_SIGNING_KEY: key,
    AUDIT_LOG_FILE: file,
  });
  try {
    const { token } = await cluster.manage('POST', '/manage/operators', { name: 'viewer', role: 'viewer' });
    const clients = new AuditClients(cluster, random, String(token));
    clients.start(CLIENTS);
    for (let n = 0; n < kills; n += 1) await kill(n, { cluster, clients, random, verdict });
    await clients.progress(CLIENTS);
    await clients.stop();
    await cluster.ready();
    await cluster.drain();
    await cluster.startReplica(0);
    await until('the file has the last row', async () => isComplete(file, variables), PATIENCE_MS);
    const tables = await readTables(variables);
    verdict.judge(clients.calls, tables, new Map([[keyIdOf(publicKey), publicKey]]));
    verdict.faults.push(...faultsOfFile(readFile(file), tables.audit));
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return verdict;
}

const isComplete = async (file: string, variables: Variables): Promise<boolean> =>
  readFile(file).at(-1)?.hash === (await readTables(variables)).audit.at(-1)?.hash;

interface Running {
  readonly cluster: Cluster;
  readonly clients: AuditClients;
  readonly random: Random;
  readonly verdict: AuditVerdict;
}

async function kill(n: number, { cluster, clients, random, verdict }: Running): Promise<void> {
  const { database } = cluster;
  await clients.progress(random.int(5, 40));
  await sleep(random.int(0, 50));
  if (database && isOfDatabase(n)) {
    verdict.databaseKills += 1;
    await database.kill();
    await database.restart();
    return;
  }
  const victim = random.int(0, cluster.size - 1);
  verdict.replicaKills += 1;
  await cluster.killReplica(victim);
  await cluster.startReplica(victim);
}

/** SQLite has one server, a database server two. It waits for the disk, so that it may be killed. */
async function start(
  driver: Driver,
  more: Variables,
): Promise<{ cluster: Cluster; variables: Variables; stop: () => Promise<void> }> {
  const upstream = await CountingUpstream.start();
  const database =
    driver === 'sqlite'
      ? undefined
      : await (driver === 'postgres' ? PostgresServer : MariadbServer).start({ durable: true });
  const fresh = await freshOn(driver, database?.url ?? '');
  const variables = { ...fresh.variables, DATABASE_DURABILITY: 'strict', ...more };
  const cluster = await Cluster.start(database ? 2 : 1, variables, upstream, database);
  const stop = async (): Promise<void> => {
    await cluster.stop();
    upstream.close();
    await (database ? database.stop() : fresh.drop());
  };
  return { cluster, variables, stop };
}

const freshOn = (driver: Driver, url: string) => {
  if (driver === 'sqlite') return freshFile();
  return driver === 'postgres' ? freshPostgres(url) : freshMysql(url);
};
