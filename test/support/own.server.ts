import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free.port.js';
import { processTree } from './process.tree.js';
import { ServerGuard } from './server.guard.js';
import { ServerTemplate } from './server.template.js';

export interface ServerOptions {
  /** Flushes to the disk at every commit. Without it a commit survives the server's death, but not the machine's. */
  durable?: boolean;
  /** More arguments for the server. */
  args?: readonly string[];
}

export interface ServerCommand {
  file: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** Debian's `nobody`: PostgreSQL and MariaDB refuse to serve as root. */
const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;

const READY_WITHIN_MS = 30_000;
const STARTS = 5;

/** A database or Redis server on loopback with data of its own, that a test kills, freezes and restarts. It ends with the test process. */
export abstract class OwnServer {
  protected port = 0;
  readonly folder: string;
  private readonly guard: ServerGuard;
  private child: ChildProcess | undefined;

  protected constructor(
    name: string,
    private readonly stopSignal: NodeJS.Signals,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), `llm-proxy-${name}-`));
    if (isRoot) chownSync(this.folder, NOBODY.uid, NOBODY.gid);
    this.guard = new ServerGuard(stopSignal, this.folder);
  }

  /** For an administrator without a password. */
  abstract get url(): string;

  protected abstract command(): ServerCommand;

  /** A statement to the server; rejects while it does not serve. */
  protected abstract ping(): Promise<void>;

  /** Ends at once, without a shutdown; also when frozen. */
  async kill(): Promise<void> {
    const ended = once(this.running, 'exit');
    this.freeze();
    this.signalAll('SIGKILL');
    await ended;
  }

  /** Stops the processes: connections stay open, without any response. */
  freeze(): void {
    // The parent first, or it might start a child that is not in our list.
    this.running.kill('SIGSTOP');
    this.signalAll('SIGSTOP');
  }

  thaw(): void {
    this.signalAll('SIGCONT');
  }

  /** Shuts down if it runs, and starts again: same port, same data. */
  async restart(): Promise<void> {
    if (this.child) await this.shutDown();
    await this.serve(() => Promise.resolve(this.port));
  }

  /** Ends, and leaves nothing behind. */
  async stop(): Promise<void> {
    if (this.child) await this.shutDown();
    await this.guard.end();
  }

  /** The command that makes the server's files in `data`, where the server does not do so itself. */
  protected initialization(): ServerCommand | null {
    return null;
  }

  /** The first start, on a free port. A failure leaves nothing behind. */
  protected async launch(): Promise<this> {
    try {
      await this.initialize();
      await this.serve(freePort);
      return this;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  protected get data(): string {
    return join(this.folder, 'data');
  }

  private async initialize(): Promise<void> {
    const command = this.initialization();
    if (command === null) return;
    const { file, args, env } = command;
    const recipe = args.filter((arg) => !arg.includes(this.folder));
    // As the user that will serve.
    const make = async (): Promise<void> => void (await promisify(execFile)(file, args, this.options(env)));
    await new ServerTemplate(this.command().file, recipe).fill(this.data, make);
  }

  private get running(): ChildProcess {
    if (!this.child) throw new Error('the server does not run');
    return this.child;
  }

  private signalAll(signal: NodeJS.Signals): void {
    for (const pid of processTree(this.running.pid!)) signalOne(pid, signal);
  }

  private async shutDown(): Promise<void> {
    const ended = once(this.running, 'exit');
    this.thaw();
    this.running.kill(this.stopSignal);
    await ended;
  }

  /** Starts again when the server ends early: another process took the port, or a killed server is not gone yet. */
  private async serve(choosePort: () => Promise<number>): Promise<void> {
    for (let starts = 1; ; starts += 1) {
      this.port = await choosePort();
      this.spawn();
      if (await this.becomesReady()) return;
      if (starts === STARTS) throw new Error(`${this.command().file} does not start:\n${this.log()}`);
    }
  }

  private spawn(): void {
    const { file, args, env } = this.command();
    const log = openSync(this.logFile, 'a');
    const child = spawn(file, args, { ...this.options(env), detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    child.unref();
    this.child = child;
    this.guard.watch(child.pid);
    child.once('exit', () => {
      this.child = undefined;
      this.guard.watch(undefined);
    });
  }

  /** False when it ended instead. */
  private async becomesReady(): Promise<boolean> {
    const giveUpAt = Date.now() + READY_WITHIN_MS;
    while (this.child) {
      try {
        await this.ping();
        return true;
      } catch (error) {
        if (Date.now() > giveUpAt) throw new Error(`not ready in time:\n${this.log()}`, { cause: error });
        await pause(10);
      }
    }
    return false;
  }

  private options(env?: ServerCommand['env']): SpawnOptions {
    return { cwd: this.folder, env: { PATH: process.env['PATH'], ...env }, ...(isRoot ? NOBODY : {}) };
  }

  private get logFile(): string {
    return join(this.folder, 'server.log');
  }

  private log(): string {
    return readFileSync(this.logFile, 'utf8').split('\n').slice(-20).join('\n');
  }
}

/** A process of a database for one connection may have ended since it was listed. */
function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
