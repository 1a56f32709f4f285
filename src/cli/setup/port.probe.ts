import { createServer } from 'node:net';
import { once } from 'node:events';
import { StartupError } from '../../common/errors/startup.error.js';
import { parseListenAddress } from '../../config/values/config.validators.js';

/** Throws StartupError when another program listens on the address. The server reports every other fault of it. */
export async function assertPortIsFree(address: string): Promise<void> {
  const at = parseListenAddress(address);
  if (!at) return;
  const server = createServer();
  try {
    await once(server.listen(at.port, at.host), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new StartupError(1, [
        `LISTEN_ADDR ${address}: the port is in use: stop the program that uses it, or choose another address with --addr`,
      ]);
  } finally {
    server.close();
  }
}
