import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { Provider } from '../../config/provider/provider.js';
import type { Connect } from '../../upstream/upstream.connector.js';
import { protocolError, UpstreamError } from '../../upstream/upstream.error.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import { type NameFilter, requestFilter } from '../../http/header.rules.js';
import { connectorFor } from '../../upstream/guarded.connector.js';
import { handshakeUpstream } from './websocket.headers.js';
import { UpstreamBreaker } from '../admission/upstream.breaker.js';

/** As for every other response of an upstream. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Observes a handshake: one of the last three is called, once. */
export interface HandshakeObserver {
  /** From here on bytes may have reached the upstream. */
  onSent(): void;
  /** The upstream switched protocols; `head` is what came of the new one with the response. */
  onSwitched(response: IncomingMessage, socket: Socket, head: Buffer): void;
  /** The upstream responded in HTTP. */
  onResponse(response: IncomingMessage): void;
  onFailed(error: UpstreamError): void;
}

/** A handshake ready to go upstream. */
export interface WebSocketCall {
  /** Returns a function that aborts it. */
  dial(observer: HandshakeObserver): () => void;
  /** To be called once: whether the upstream gave a response of its own. */
  outcome(hasResponded: boolean): void;
}

/** Opens WebSockets to upstreams: one connection each, opened by the rules that hold for requests. */
@Injectable()
export class WebSocketDialer {
  /** By provider and origin: a connector keeps TLS sessions. */
  private readonly connectors = new Map<string, Connect>();
  private readonly filter: NameFilter;

  constructor(
    private readonly config: AppConfig,
    private readonly breaker: UpstreamBreaker,
  ) {
    this.filter = requestFilter(config.upstream.droppedHeaders);
  }

  /** The path is passed as text: no URL is ever built from a request. */
  call(target: string, rawHeaders: readonly string[], token: UsableToken): WebSocketCall {
    const { origin, prefix, authorization, provider } = token.upstream;
    const { projectId } = token;
    const headers = handshakeUpstream(rawHeaders, new URL(origin).host, authorization, this.filter);
    return {
      dial: (observer) => dial(this.connector(provider, origin), { path: prefix + target, headers }, observer),
      outcome: (hasResponded) => this.breaker[hasResponded ? 'succeeded' : 'failed'](origin, projectId),
    };
  }

  private connector(provider: Provider, origin: string): Connect {
    const key = `${provider.name} ${origin}`;
    const connector = this.connectors.get(key) ?? connectorFor(origin, provider, this.config.upstream);
    this.connectors.set(key, connector);
    return connector;
  }
}

function dial(
  connect: Connect,
  handshake: { path: string; headers: string[] },
  observer: HandshakeObserver,
): () => void {
  let abort = (): void => undefined;
  let isOver = false;
  connect((error, socket) => {
    if (isOver) socket?.destroy();
    else if (error) observer.onFailed(error);
    else abort = shakeHands(socket, handshake, observer);
  });
  return () => {
    isOver = true;
    abort();
  };
}

/**
 * Node's own client on our connection: it writes a flat list of headers in their order and case, parses the response
 * strictly and within bounds, and hands the socket over with every byte after the head.
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
  const fail = (response: IncomingMessage): void => {
    response.socket.destroy();
    observer.onFailed(protocolError('bad upgrade'));
  };
  request.on('upgrade', (response, upgraded, head) =>
    isWebSocket(response) ? observer.onSwitched(response, upgraded, head) : fail(response),
  );
  request.on('response', (response) => (response.statusCode === 101 ? fail(response) : observer.onResponse(response)));
  request.on('error', (error) => observer.onFailed(upstreamError(error)));
  observer.onSent();
  request.end();
  return () => request.destroy();
}

const CONNECTION_LOST = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

const upstreamError = (error: NodeJS.ErrnoException): UpstreamError =>
  new UpstreamError(CONNECTION_LOST.has(error.code ?? '') ? 'reset' : 'protocol', 'the handshake failed', error);

/** RFC 9110 §15.2.2: a 101 names the protocol it switches to. */
const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';
