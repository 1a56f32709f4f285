import { setImmediate as nextImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type Type } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { FileFeeder } from './audit/file.feeder.js';
import { AuditHeadLog } from './changes/audit.head.log.js';
import { AuditRetention } from './changes/audit.retention.js';
import { ChangeFeed } from './changes/change.feed.js';
import { DeniedRows } from './changes/denied.rows.js';
import { SystemAudit } from './changes/system/system.audit.js';
import { DatabaseBootstrap } from './database/database.bootstrap.js';
import { DatabaseService } from './database/database.service.js';
import { Events } from './events/events.js';
import { DeadlineWatch } from './http/deadline.watch.js';
import { Lifecycle } from './http/lifecycle.js';
import { RedisLeases } from './limits/redis.leases.js';
import { SessionCleanup } from './operator/session/session.cleanup.js';
import { UpstreamClient } from './proxy/relay/upstream.client.js';
import { RedisConnection } from './redis/redis.connection.js';
import { ReplicaRegistry } from './replicas/replica.registry.js';
import { LiveRequests } from './reporting/requests/live.requests.js';
import { StreamAnswers } from './reporting/streams/stream.answers.js';
import { ImportedTokens } from './token/imported.tokens.js';
import { InFlightRegistry } from './token/in.flight.registry.js';
import { RequestCounter } from './token/ledger/request.counter.js';
import { TokenPurge } from './token/retention/token.purge.js';
import { CapWatch } from './token/warnings/cap.watch.js';
import { WarningSweep } from './token/warnings/warning.sweep.js';

/** How long a stop waits for load balancers and for running requests, in milliseconds. */
export interface StopPatience {
  readonly preStopDelayMs: number;
  readonly drainTimeoutMs: number;
  /** Ends both waits when it resolves. */
  readonly hurry: Promise<unknown>;
}

/** The instance of a class, or undefined in a process that does not have it. */
type Find = <T>(type: Type<T>) => T | undefined;

interface ShutdownStep {
  readonly name: string;
  run(find: Find, patience: StopPatience, logger: Logger): unknown;
}

/** The order in which a process stops. */
const SHUTDOWN_ORDER: readonly ShutdownStep[] = [
  { name: 'refuse new requests', run: async (find, ...how) => refuseNew(find(Lifecycle), ...how) },
  { name: 'end live views', run: (find) => find(LiveRequests)?.close() },
  { name: 'finish running requests', run: async (find, ...how) => finishRunning(find(Lifecycle), ...how) },
  { name: 'stop checking running requests', run: (find) => find(InFlightRegistry)?.close() },
  { name: 'stop checking deadlines', run: (find) => find(DeadlineWatch)?.close() },
  { name: 'stop opening the database', run: async (find) => find(DatabaseBootstrap)?.close() },
  { name: 'stop looking for imported tokens', run: (find) => find(ImportedTokens)?.close() },
  { name: 'stop deleting tokens', run: (find) => find(TokenPurge)?.close() },
  { name: 'stop deleting rows of the audit log', run: (find) => find(AuditRetention)?.close() },
  { name: 'stop logging the head of the audit log', run: (find) => find(AuditHeadLog)?.close() },
  { name: 'stop deleting sessions', run: (find) => find(SessionCleanup)?.close() },
  { name: 'stop looking for warnings', run: (find) => find(WarningSweep)?.close() },
  { name: 'write counts', run: async (find) => find(RequestCounter)?.close() },
  { name: 'send warnings of caps', run: async (find) => find(CapWatch)?.close() },
  { name: 'store events', run: async (find) => find(Events)?.close() },
  { name: 'count refused calls', run: async (find) => find(DeniedRows)?.close() },
  { name: 'stop reading changes', run: async (find) => find(ChangeFeed)?.close() },
  { name: 'stop answering other replicas', run: async (find) => find(StreamAnswers)?.close() },
  { name: 'note the stop in the audit log', run: async (find) => find(SystemAudit)?.stopped() },
  { name: 'write the audit file', run: async (find) => find(FileFeeder)?.close() },
  { name: 'leave the replica registry', run: async (find) => find(ReplicaRegistry)?.leave() },
  { name: 'close upstream connections', run: (find) => find(UpstreamClient)?.close() },
  { name: 'stop renewing leases', run: (find) => find(RedisLeases)?.close() },
  { name: 'close redis', run: async (find) => find(RedisConnection)?.close() },
  { name: 'close the database', run: async (find) => find(DatabaseService)?.close() },
  { name: 'close the port', run: async (find) => find(HttpAdapterHost)?.httpAdapter?.close() },
];

const NO_PATIENCE: StopPatience = { preStopDelayMs: 0, drainTimeoutMs: 0, hurry: Promise.resolve() };

/** Stops the process in the one order. Closing Nest's application without a drain runs the same steps, without patience. */
@Injectable()
export class Shutdown implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Shutdown.name);
  private running: Promise<void> | undefined;

  constructor(private readonly modules: ModuleRef) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.run(NO_PATIENCE);
  }

  /** Runs each step once, whatever becomes of the steps before it. */
  async run(patience: StopPatience): Promise<void> {
    this.running ??= this.runAll(patience);
    await this.running;
  }

  private async runAll(patience: StopPatience): Promise<void> {
    const find: Find = (type) => this.find(type);
    for (const { name, run } of SHUTDOWN_ORDER) {
      this.logger.debug({ msg: 'stop', step: name });
      try {
        await run(find, patience, this.logger);
      } catch (error) {
        this.logger.error({ msg: 'a step of the stop failed', step: name, err: error });
      }
    }
  }

  private find<T>(type: Type<T>): T | undefined {
    try {
      return this.modules.get(type, { strict: false });
    } catch {
      return undefined;
    }
  }
}

/** Load balancers get time to look elsewhere before a request is refused. */
async function refuseNew(
  lifecycle: Lifecycle | undefined,
  { preStopDelayMs, hurry }: StopPatience,
  logger: Logger,
): Promise<void> {
  if (!lifecycle) return;
  lifecycle.goAway();
  if (preStopDelayMs > 0) logger.log(`not ready; requests are accepted for ${seconds(preStopDelayMs)} more`);
  await waitAtMost(preStopDelayMs, hurry);
  lifecycle.draining = true;
}

/** Requests that still run at the end of the wait are cut. */
async function finishRunning(
  lifecycle: Lifecycle | undefined,
  { drainTimeoutMs, hurry }: StopPatience,
  logger: Logger,
): Promise<void> {
  if (!lifecycle) return;
  if (drainTimeoutMs > 0 && lifecycle.running > 0)
    logger.log(
      `${requests(lifecycle)} still running; waiting up to ${seconds(drainTimeoutMs)}; Ctrl-C or SIGTERM ends them now`,
    );
  await waitAtMost(drainTimeoutMs, hurry, lifecycle.idle());
  // A process that stood still reads first what has arrived.
  await nextImmediate();
  if (lifecycle.running > 0) logger.warn(`${requests(lifecycle)} still running and cut`);
  lifecycle.cut();
  await lifecycle.idle();
}

const requests = ({ running }: Lifecycle): string => (running === 1 ? '1 request is' : `${running} requests are`);
const seconds = (ms: number): string => `${ms / 1000} s`;

async function waitAtMost(ms: number, ...others: Promise<unknown>[]): Promise<void> {
  const timer = new AbortController();
  const pause = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([pause, ...others]);
  timer.abort();
}
