import type { Socket } from 'node:net';
import type { ForwardProxy } from '../config/values/forward.proxy.js';
import { parseHead } from './response.head.js';

const MAX_HEAD_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';

/**
 * Asks the proxy on an open connection for a tunnel to `authority`, `host:port`. `done` is called once, and the socket is
 * paused then. An error has the status of a refusal in its code: `PROXY_STATUS_407`.
 */
export function openTunnel(
  socket: Socket,
  { authorization }: ForwardProxy,
  authority: string,
  done: (error?: Error) => void,
): void {
  let text = '';
  const finish = (error?: Error): void => {
    socket.off('data', onData).off('end', onEnd);
    done(error);
  };
  const onEnd = (): void => finish(fault('PROXY_CLOSED', 'the forward proxy closed the connection'));
  const onData = (bytes: Buffer): void => {
    text += bytes.toString('latin1');
    if (!text.includes(END_OF_HEAD) && text.length <= MAX_HEAD_BYTES) return;
    socket.pause();
    finish(faultOf(text));
  };
  socket.on('data', onData).on('end', onEnd);
  const credentials = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`, 'latin1');
}

/** Undefined for a response that opens the tunnel. Nothing may follow it: the client speaks first. */
function faultOf(text: string): Error | undefined {
  const end = text.indexOf(END_OF_HEAD);
  const status = end === -1 ? undefined : statusOf(text.slice(0, end));
  if (status === undefined) return fault('PROXY_PROTOCOL', 'the forward proxy sent an invalid response');
  if (status < 200 || status > 299)
    return fault(`PROXY_STATUS_${status}`, `the forward proxy responded with status ${status}`);
  return text.length === end + END_OF_HEAD.length
    ? undefined
    : fault('PROXY_PROTOCOL', 'the forward proxy sent bytes before the request');
}

function statusOf(head: string): number | undefined {
  try {
    return parseHead(head, true).status;
  } catch {
    return undefined;
  }
}

const fault = (code: string, message: string): Error => Object.assign(new Error(message), { code });
