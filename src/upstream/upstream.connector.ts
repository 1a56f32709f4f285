import { connect as connectTcp, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { UpstreamError } from './upstream.error.js';
import { outliveWriteErrors } from './write.errors.js';

const READ_BYTES = 64 * 1024;
const PROBE_AFTER_MS = 60_000;

export interface ConnectorOptions {
  readonly timeoutMs: number;
  /** Replaces the system's resolver. */
  readonly lookup?: LookupFunction | undefined;
}

/** Receives the first `length` bytes of `bytes`. The memory is reused for the next read. */
export type OnRead = (bytes: Buffer, length: number) => void;
/** Called once, with an error or with an open socket, whose certificate is verified if it uses TLS. */
export type OnConnected = (
  ...outcome: [error: UpstreamError, socket: undefined] | [error: undefined, socket: Socket]
) => void;
/** Opens a connection. Without `onRead` the socket is read by its `data` events. */
export type Connect = (done: OnConnected, onRead?: OnRead) => void;

/**
 * One read buffer for all connections, because each read is processed before the next one. Windows reads ahead, so there
 * each connection has its own.
 */
const sharedBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
const readBuffer = (): Buffer => (process.platform === 'win32' ? Buffer.allocUnsafeSlow(READ_BYTES) : sharedBuffer);

/** Opens connections to an origin: HTTP/1.1 only, TLS certificates always verified, TLS sessions resumed. */
export function connector(origin: string, { timeoutMs, lookup }: ConnectorOptions): Connect {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'https:';
  const address = { host, port: Number(port) || (isTls ? 443 : 80), ...(lookup ? { lookup } : {}) };
  const tls = { ...address, servername: isIP(host) ? '' : host, ALPNProtocols: ['http/1.1'], rejectUnauthorized: true };
  // Node does not check the server's name again on a resumed session; it emits `session` only after the name was checked.
  let session: Buffer | undefined;
  const open = (onread: { onread?: OnReadOpts }): Socket =>
    isTls
      ? connectTls({ ...tls, ...onread, session }).on('session', (newest) => (session = newest))
      : connectTcp({ ...address, ...onread });
  return (done, onRead) => {
    const socket = open(onRead ? { onread: { buffer: readBuffer(), callback: reading(onRead) } } : {});
    const settle = settleOnce(socket, timeoutMs, done);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, PROBE_AFTER_MS);
      outliveWriteErrors(socket);
      settle();
    });
  };
}

/** The callback returns true to go on reading. */
const reading =
  (onRead: OnRead): OnReadOpts['callback'] =>
  (length, bytes) => {
    onRead(bytes as Buffer, length);
    return true;
  };

/** Calls `done` with the first of three outcomes: error, timeout, or success, which is reported by the returned function. */
function settleOnce(socket: Socket, timeoutMs: number, done: OnConnected): () => void {
  let isSettled = false;
  const settle = (...outcome: Parameters<OnConnected>): void => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    done(...outcome);
  };
  // The listener is never removed: a socket may emit `error` more than once, and one without a listener ends the process.
  const onError = (error: Error): void =>
    settle(new UpstreamError('unreachable', 'the connection could not be made', error), undefined);
  const timer = setTimeout(() => {
    socket.destroy();
    settle(new UpstreamError('connect_timeout', 'the connection was not made in time'), undefined);
  }, timeoutMs);
  socket.on('error', onError);
  return () => settle(undefined, socket);
}
