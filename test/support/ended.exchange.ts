import type { IncomingMessage, ServerResponse } from 'node:http';
import { Exchange } from '../../src/http/exchange.js';

/** An exchange that has ended, without a server. `fields` overwrites what it knows. */
export function endedExchange(
  fields: Partial<Exchange> = {},
  path = '/v1/chat/completions',
  isSocket = false,
): Exchange {
  const exchange = runningExchange(path, isSocket);
  const now = performance.now();
  Object.assign(exchange, {
    startedAt: now - 10,
    queuedAt: now - 9,
    sentAt: now - 8.5,
    respondedAt: now - 2,
    closedAt: now,
    status: 200,
    bytesIn: 12,
    bytesOut: 345,
    tokenId: '8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001',
    projectId: '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f00',
    ...fields,
  });
  return exchange;
}

export function runningExchange(path = '/v1/chat/completions', isSocket = false): Exchange {
  const request = { url: path, method: 'POST', headers: {}, socket: {} } as unknown as IncomingMessage;
  const response = isSocket ? undefined : ({ headersSent: true, statusCode: 200 } as ServerResponse);
  const lifecycle = { began: () => undefined, ended: () => undefined };
  return new Exchange(request, response, { lifecycle, observers: { closed: () => undefined } });
}
