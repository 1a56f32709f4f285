import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { kernelSocket } from '../support/linux.tcp.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe.skipIf(process.platform !== 'linux')('CL-04 a client that vanishes', () => {
  const fixture = ProxyFixture.forTests();

  it('CL-04 is probed for: TCP keep-alive runs on every connection accepted', async () => {
    const socket = connect(fixture.app.port, '127.0.0.1');
    await once(socket, 'connect');
    const keepAliveIn = () => kernelSocket(fixture.app.port, socket.localPort!)?.keepAliveIn;
    await until('the keep-alive timer', () => keepAliveIn() !== undefined);
    const hundredths = keepAliveIn()!;
    process.stdout.write(`CL-04: the first probe comes in ${hundredths / 100} s\n`);
    // Ten probes follow, one a second: the connection ends within the 60 s of the row.
    expect(hundredths).toBeGreaterThan(0);
    expect(hundredths).toBeLessThanOrEqual(3100);
    socket.destroy();
  });
});
