import { connect as connectTcp, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ForwardProxy } from '../config/values/forward.proxy.js';
import { ConnectionAttempt, type OnConnected } from './connection.attempt.js';
import { tlsOptions } from './tls.options.js';

const READ_BYTES = 64 * 1024;

export interface ConnectorOptions {
  /** For all steps together: name, all addresses of both families, proxy, TLS. */
  readonly timeoutMs: number;
  /** Replaces the system's resolver. */
  readonly lookup?: LookupFunction | undefined;
  /** The proxy resolves the name. */
  readonly via?: ForwardProxy | undefined;
}

/** Receives the first `length` bytes of `bytes`. The memory is reused for the next read. */
export type OnRead = (bytes: Buffer, length: number) => void;
/** Opens a connection. Without `onRead` the socket is read by its `data` events. */
export type Connect = (done: OnConnected, onRead?: OnRead) => void;

/**
 * One read buffer for all connections, because each read is processed before the next one. Windows reads ahead, so there
 * each connection has its own.
 */
const sharedBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
const readBuffer = (): Buffer => (process.platform === 'win32' ? Buffer.allocUnsafeSlow(READ_BYTES) : sharedBuffer);

/** Opens connections to an origin: HTTP/1.1 only, TLS certificates always verified, TLS sessions resumed. */
export function connector(origin: string, { timeoutMs, lookup, via }: ConnectorOptions): Connect {
  const { protocol, hostname, port: portText } = new URL(origin);
  const isTls = protocol === 'https:';
  const [host, port] = [hostname.replace(/^\[|\]$/g, ''), Number(portText) || (isTls ? 443 : 80)];
  const secure = secureSockets(host);
  return (done, onRead) => {
    const attempt = new ConnectionAttempt(timeoutMs, done);
    if (via)
      return attempt.tunnel(via, `${hostname}:${port}`, (tunnel) => {
        const socket = isTls ? secure({ socket: tunnel }) : tunnel;
        if (onRead) socket.on('data', (bytes: Buffer) => onRead(bytes, bytes.length));
        attempt.finish(socket, isTls);
        // It was paused after the response of the proxy. TLS reads below it.
        if (!isTls) socket.resume();
      });
    const onread = onRead ? { onread: { buffer: readBuffer(), callback: reading(onRead) } } : {};
    const open = (address: string): Socket =>
      isTls ? secure({ host: address, port, ...onread }) : connectTcp({ host: address, port, ...onread });
    attempt.race(host, lookup, open, (socket) => attempt.finish(socket, isTls));
  };
}

/** Node does not check the server's name again on a resumed session; it emits `session` only after the name was checked. */
function secureSockets(host: string): (options: ConnectionOptions) => Socket {
  const secured = tlsOptions(host);
  let session: Buffer | undefined;
  return (options) => connectTls({ ...options, ...secured, session }).on('session', (newest) => (session = newest));
}

/** The callback returns true to go on reading. */
const reading =
  (onRead: OnRead): OnReadOpts['callback'] =>
  (length, bytes) => {
    onRead(bytes as Buffer, length);
    return true;
  };
