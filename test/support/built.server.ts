import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Variables } from '../../src/config/values/variables.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, UPSTREAM_KEY } from './app.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;

/** The built program in a process of its own: for what only a whole process can show (memory, signals, exit codes). */
export class BuiltServer {
  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
    /** Where it keeps its files. */
    readonly folder: string,
    /** Every line it has logged. */
    readonly lines: readonly string[],
  ) {}

  /** `runner` is what runs it: Node, unless it is something that runs Node. */
  static async start(variables: Variables = {}, runner: readonly string[] = []): Promise<BuiltServer> {
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-built-'));
    const env = {
      PATH: process.env['PATH'],
      MANAGEMENT_TOKEN,
      ENCRYPTION_KEY,
      LISTEN_ADDR: '127.0.0.1:0',
      DATABASE_PATH: join(folder, 'proxy.db'),
      ...variables,
    };
    const [command, ...args] = [...runner, process.execPath, LAUNCHER, 'server'];
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    // A test that fails before it stops its server must neither wait for it nor leave it behind.
    child.unref();
    (child.stdout as Socket).unref();
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
    const lines: string[] = [];
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the built server ended before it listened')));
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        const entry = JSON.parse(line) as { msg?: string; port?: number };
        if (entry.msg === 'listening' && entry.port) resolve(entry.port);
      });
    });
    return new BuiltServer(child, port, folder, lines);
  }

  /** Creates a project and a token over HTTP; the secret. */
  async token(): Promise<string> {
    const post = async (path: string, body: object): Promise<Record<string, string>> => {
      const headers = { authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'content-type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Record<string, string>;
    };
    const { id } = await post('/manage/projects', { name: 'built', api_key: UPSTREAM_KEY });
    return (await post('/manage/tokens', { project_id: id })).token!;
  }

  /** Resident memory in bytes, now. Linux only. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Ends the process with a signal, unless it has ended; its exit code, or the signal that killed it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill(signal);
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
    return this.process.exitCode ?? this.process.signalCode!;
  }
}
