import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, TypeORMError } from 'typeorm';
import { CoalescedTask } from '../common/values/coalesced.task.js';
import { withTimeout } from '../common/values/with.timeout.js';
import { AppConfig } from '../config/app.config.js';
import { DatabaseUnreachable } from '../database/dialect/database.error.js';
import { MetricSources } from '../metrics/metric.sources.js';
import { REPLICA_ROLE, type ReplicaRole } from '../replicas/replica.role.js';
import { AuditChain } from './audit.chain.js';
import { AuditFile } from './file/audit.file.js';
import { AuditTail } from './file/audit.tail.js';
import { type FileNote, FileWriter } from './file/file.writer.js';

const LOOK_EVERY_MS = 1000;
/** A stop waits so long for the last rows, and then for no more than the current write. The next start writes what is left. */
const CLOSE_LIMIT_MS = 1000;

const NOTES: Record<FileNote, string> = {
  other_history: 'the audit file ends with rows that this database does not have: rows are added behind them',
  cut: 'the audit file lost lines that were written to it: they are written again',
  pruned: 'rows were deleted from the audit log before the audit file had them',
};

/** Keeps AUDIT_LOG_FILE: each row of the audit log is added to it, also rows of other replicas. No call waits for it. */
@Injectable()
export class FileFeeder implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuditFile');
  private readonly file: AuditFile | undefined;
  private readonly writer: FileWriter | undefined;
  private readonly looking = new CoalescedTask(async () => this.look());
  private readonly onHangUp = (): void => {
    this.file?.reopen();
    this.request();
  };
  private timer: NodeJS.Timeout | undefined;
  private isWriting = false;
  private isClosed = false;
  private isFailing = false;
  private filledIn = 0;
  private lag = 0;

  constructor(
    dataSource: DataSource,
    { audit }: AppConfig,
    private readonly chain: AuditChain,
    @Inject(REPLICA_ROLE) role: ReplicaRole,
    sources: MetricSources,
  ) {
    if (!audit.enabled || !audit.file || role !== 'server') return;
    this.file = new AuditFile(audit.file);
    this.writer = new FileWriter(this.file, new AuditTail(dataSource), (note, fields) =>
      this.logger.warn({ msg: NOTES[note], ...fields }),
    );
    sources.add(() => (this.isWriting ? [{ name: 'llm_proxy_audit_file_lag_rows', labels: {}, value: this.lag }] : []));
  }

  /** Undefined without a file. `degraded`: it cannot be written, and gets the rows later. */
  get health(): 'ok' | 'degraded' | undefined {
    if (!this.file) return undefined;
    return this.isFailing ? 'degraded' : 'ok';
  }

  onApplicationBootstrap(): void {
    if (!this.file) return;
    this.chain.onCommitted(() => this.request());
    this.timer = setInterval(() => this.request(), LOOK_EVERY_MS).unref();
    process.on('SIGHUP', this.onHangUp);
    this.request();
  }

  /** Writes the last rows, within a second, and gives the file to another process. */
  async close(): Promise<void> {
    if (!this.file) return;
    this.request();
    clearInterval(this.timer);
    this.timer = undefined;
    process.removeListener('SIGHUP', this.onHangUp);
    await withTimeout(CLOSE_LIMIT_MS, this.looking.settled()).catch(() => undefined);
    this.isClosed = true;
    this.file.end();
    // A write that still runs keeps the lock, at the latest until the process ends: nobody may write beside it.
    const free = this.looking.settled().then(async () => this.release());
    if (!this.looking.isRunning) await free;
  }

  private async release(): Promise<void> {
    await this.file!.closeFile();
    this.file!.releaseLock();
  }

  private request(): void {
    if (this.timer) this.looking.request();
  }

  /** Never rejects. */
  private async look(): Promise<void> {
    if (this.isClosed) return;
    try {
      this.isWriting = this.file!.takeLock();
      if (!this.isWriting) return;
      for (let rows = Infinity; rows > 0 && !this.isClosed; this.filledIn += rows) rows = await this.writer!.copy();
      this.lag = 0;
      this.recovered();
    } catch (error) {
      await this.failed(error);
    }
  }

  private recovered(): void {
    if (this.isFailing) this.logger.log({ msg: 'the audit file can be written again', filled_in_rows: this.filledIn });
    this.isFailing = false;
    this.filledIn = 0;
  }

  /** A database that is away has its own reports. */
  private async failed(fault: unknown): Promise<void> {
    if (this.isClosed || fault instanceof TypeORMError || fault instanceof DatabaseUnreachable) return;
    this.isWriting = true;
    if (!this.isFailing) this.log(fault);
    this.isFailing = true;
    this.lag = await this.writer!.lag().catch(() => this.lag);
  }

  private log(fault: unknown): void {
    if (isOfSystem(fault))
      this.logger.warn({ msg: 'the audit file cannot be written; its rows wait in the database', err: fault });
    else this.logger.error({ msg: 'rows of the audit log cannot be copied into the audit file', err: fault });
  }
}

/** An error of the file system, or of the lock, which is a SQLite file. */
const isOfSystem = (fault: unknown): boolean => fault instanceof Error && 'code' in fault;
