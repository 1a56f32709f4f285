import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { Provider } from '../../config/provider.js';
import type { Connect } from '../../upstream/upstream.connector.js';
import { protocolError, UpstreamError } from '../../upstream/upstream.error.js';
import type { Caller } from '../admission/caller.js';
import { connectorFor } from '../../upstream/guarded.connector.js';
import { handshakeUpstream } from './websocket.headers.js';
import { UpstreamBreaker } from '../admission/upstream.breaker.js';

/** As for every other answer of an upstream. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Is told, once, what came of a handshake. */
export interface HandshakeObserver {
  /** From here on bytes may have reached the upstream. */
  onSent(): void;
  /** The upstream speaks the other protocol now; `head` is what it said in it already. */
  onSwitched(answer: IncomingMessage, socket: Socket, head: Buffer): void;
  /** The upstream answered in HTTP. */
  onAnswered(answer: IncomingMessage): void;
  onFailed(fault: UpstreamError): void;
}

/** A handshake ready to go upstream. */
export interface WebSocketCall {
  readonly caller: Caller;
  /** Gives what abandons it. */
  dial(observer: HandshakeObserver): () => void;
  /** Told once what came of it: whether the upstream gave an answer of its own. */
  outcome(answered: boolean): void;
}

/** Opens WebSockets to upstreams: one connection each, made by the same rules as those of requests. */
@Injectable()
export class WebSocketDialer {
  /** By connect timeout and origin: they keep TLS sessions. */
  private readonly connectors = new Map<string, Connect>();

  constructor(
    private readonly config: AppConfig,
    private readonly breaker: UpstreamBreaker,
  ) {}

  /** The path is passed as text: no URL is ever built from a request. */
  call(target: string, rawHeaders: readonly string[], caller: Caller): WebSocketCall {
    const { origin, prefix, authorization, provider } = caller.token.upstream;
    const { projectId } = caller.token;
    const headers = handshakeUpstream(rawHeaders, new URL(origin).host, authorization);
    return {
      caller,
      dial: (observer) => dial(this.connector(provider, origin), { path: prefix + target, headers }, observer),
      outcome: (answered) => this.breaker[answered ? 'succeeded' : 'failed'](origin, projectId),
    };
  }

  private connector({ deadlines: { connectTimeoutMs } }: Provider, origin: string): Connect {
    const key = `${connectTimeoutMs} ${origin}`;
    const connector = this.connectors.get(key) ?? connectorFor(origin, this.config.upstream, connectTimeoutMs);
    this.connectors.set(key, connector);
    return connector;
  }
}

function dial(
  connect: Connect,
  handshake: { path: string; headers: string[] },
  observer: HandshakeObserver,
): () => void {
  let abandon = (): void => undefined;
  let isOver = false;
  connect((fault, socket) => {
    if (isOver) socket?.destroy();
    else if (fault) observer.onFailed(fault);
    else abandon = shakeHands(socket, handshake, observer);
  });
  return () => {
    isOver = true;
    abandon();
  };
}

/**
 * Node's own client on a connection of ours: it writes a flat list of headers as it is, in order and case, has a
 * strict and bounded parser for the answer, and hands the socket over with every byte after the head.
 */
function shakeHands(
  socket: Socket,
  { path, headers }: { path: string; headers: string[] },
  observer: HandshakeObserver,
): () => void {
  const request = httpRequest({
    createConnection: () => socket,
    method: 'GET',
    path,
    headers,
    setHost: false,
    maxHeaderSize: MAX_HEAD_BYTES,
  });
  const fail = (answer: IncomingMessage): void => {
    answer.socket.destroy();
    observer.onFailed(protocolError('bad upgrade'));
  };
  request.on('upgrade', (answer, upgraded, head) =>
    isWebSocket(answer) ? observer.onSwitched(answer, upgraded, head) : fail(answer),
  );
  request.on('response', (answer) => (answer.statusCode === 101 ? fail(answer) : observer.onAnswered(answer)));
  request.on('error', (error) => observer.onFailed(faultOf(error)));
  observer.onSent();
  request.end();
  return () => request.destroy();
}

const CONNECTION_LOST = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

const faultOf = (error: NodeJS.ErrnoException): UpstreamError =>
  new UpstreamError(CONNECTION_LOST.has(error.code ?? '') ? 'reset' : 'protocol', 'the handshake failed', error);

/** RFC 9110 §15.2.2: a 101 names the protocol it switches to. */
const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';
