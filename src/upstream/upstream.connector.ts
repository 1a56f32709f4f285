import { connect as connectTcp, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { UpstreamError } from './upstream.error.js';

const READ_BYTES = 64 * 1024;
const PROBE_AFTER_MS = 60_000;

export interface ConnectorOptions {
  readonly timeoutMs: number;
  /** In place of the system's resolver. */
  readonly lookup?: LookupFunction | undefined;
}

/** Bytes that were read: so many, in memory that is used again for the next read. */
export type OnRead = (bytes: Buffer, length: number) => void;
/** Called once: with a fault, or with a connection that is open, and trusted where it is TLS. */
export type OnConnected = (
  ...outcome: [fault: UpstreamError, socket: undefined] | [fault: undefined, socket: Socket]
) => void;
/** Opens a connection. Without `onRead` the socket is read like any other. */
export type Connect = (done: OnConnected, onRead?: OnRead) => void;

/** One piece of memory for what all connections read, for each read is dealt with before the next; Windows reads ahead. */
const shared = Buffer.allocUnsafeSlow(READ_BYTES);
const readInto = (): Buffer => (process.platform === 'win32' ? Buffer.allocUnsafeSlow(READ_BYTES) : shared);

/** How connections to an origin are opened: HTTP/1.1 only, TLS always verified, its sessions resumed. */
export function connector(origin: string, { timeoutMs, lookup }: ConnectorOptions): Connect {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'https:';
  const to = { host, port: Number(port) || (isTls ? 443 : 80), ...(lookup ? { lookup } : {}) };
  const tls = { ...to, servername: isIP(host) ? '' : host, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true };
  // One that is resumed is not asked for its name again: Node tells sessions only of those whose name was right.
  let session: Buffer | undefined;
  const open = (onread: { onread?: OnReadOpts }): Socket =>
    isTls
      ? connectTls({ ...tls, ...onread, session }).on('session', (newest) => (session = newest))
      : connectTcp({ ...to, ...onread });
  return (done, onRead) => {
    const socket = open(onRead ? { onread: { buffer: readInto(), callback: reading(onRead) } } : {});
    const settle = settleOnce(socket, timeoutMs, done);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, PROBE_AFTER_MS);
      settle();
    });
  };
}

/** True goes on reading. */
const reading =
  (onRead: OnRead): OnReadOpts['callback'] =>
  (length, bytes) => {
    onRead(bytes as Buffer, length);
    return true;
  };

/** The first of: it is open, it failed, its time is up. */
function settleOnce(socket: Socket, timeoutMs: number, done: OnConnected): () => void {
  let isSettled = false;
  const settle = (...outcome: Parameters<OnConnected>): void => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    done(...outcome);
  };
  // Stays: a socket may say more than once what went wrong, and nobody else listens to one that never opened.
  const onError = (error: Error): void =>
    settle(new UpstreamError('unreachable', 'no connection could be made', error), undefined);
  const timer = setTimeout(() => {
    socket.destroy();
    settle(new UpstreamError('connect_timeout', 'no connection was made in time'), undefined);
  }, timeoutMs);
  socket.on('error', onError);
  return () => settle(undefined, socket);
}
