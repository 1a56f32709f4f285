import { type ChildProcess, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { LocalServer } from './local.server.js';
import { freePort } from '../../../test/support/free.port.js';

/** A server process that is ready at its second probe and stops when it is told to. */
const PROGRAM = `
let probes = 0;
const server = require('node:http').createServer((_, answer) => answer.writeHead(++probes > 1 ? 200 : 503).end());
server.listen(Number(process.argv[1]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

class FakeServer extends LocalServer {
  child: ChildProcess | undefined;

  constructor(
    private readonly program: string,
    private readonly port: number,
  ) {
    super();
  }

  protected override start(): ChildProcess {
    return (this.child = spawn(process.execPath, ['-e', this.program, String(this.port)], { stdio: 'ignore' }));
  }
}

describe(LocalServer.name, () => {
  it('runs a server for as long as the work takes', async () => {
    const port = await freePort();
    const server = new FakeServer(PROGRAM, port);
    let status = 0;
    await server.whileRunning('.env', `http://127.0.0.1:${port}`, async () => {
      status = (await fetch(`http://127.0.0.1:${port}/`)).status;
    });
    expect({ status, exitCode: server.child?.exitCode }).toEqual({ status: 200, exitCode: 0 });
  });

  it('stops it when the work fails', async () => {
    const port = await freePort();
    const server = new FakeServer(PROGRAM, port);
    await expect(
      server.whileRunning('.env', `http://127.0.0.1:${port}`, async () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');
    expect(server.child?.exitCode).toBe(0);
  });

  it('says so when it does not start', async () => {
    const port = await freePort();
    const server = new FakeServer('process.exit(78)', port);
    const never = async (): Promise<void> => expect.unreachable();
    await expect(server.whileRunning('.env', `http://127.0.0.1:${port}`, never)).rejects.toThrow(
      'the server could not be started',
    );
  });
});
