import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { kernelSocket } from './linux.tcp.js';
import { until } from './until.js';

/** A listener whose process is stopped and whose accept queue is full: Linux drops every further SYN, as a lost machine would. */
export class BlackHole {
  private readonly filling: Socket[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async open(): Promise<BlackHole> {
    const script =
      "const s = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    // A stopped child would outlive a run that fails, and keep the run from ending.
    child.unref();
    (child.stdout as Socket).unref();
    process.once('exit', () => child.kill('SIGKILL'));
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const hole = new BlackHole(child, Number(port));
    child.kill('SIGSTOP');
    try {
      for (let dialled = 0; dialled < 20; dialled += 1) if (!(await hole.accepts())) return hole;
      throw new Error('the accept queue did not fill');
    } catch (error) {
      hole.close();
      throw error;
    }
  }

  close(): void {
    this.child.kill('SIGKILL');
    for (const socket of this.filling) socket.destroy();
  }

  /** False once the kernel has sent a SYN again, because no SYN-ACK came for the first. */
  private async accepts(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1').on('error', () => undefined);
    this.filling.push(socket);
    // Node dials in the next turn, and would remember the port of a socket that is not yet bound.
    await nextTurn();
    const inKernel = () => kernelSocket(socket.localPort!, this.port);
    await until('a connection, or a SYN that is sent again', () => {
      const seen = inKernel();
      return seen !== undefined && (seen.isEstablished || seen.retransmissions > 0);
    });
    return inKernel()?.isEstablished ?? false;
  }
}
