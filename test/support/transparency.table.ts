import type { HeaderLine } from './wire.head.js';

/** The header table of docs/reference/headers.md as data: all that may differ between what was sent and what arrived. */
export const TABLE = {
  /** RFC 9110 §7.6.1 and its elders, on both legs; so is what `Connection` names. */
  hopByHop: [
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authenticate',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'http2-settings',
  ],
  /** Names that `Connection` may list in vain: end-to-end by definition. */
  endToEnd: [
    'authorization',
    'host',
    'content-length',
    'content-type',
    'content-encoding',
    'accept',
    'accept-encoding',
    'user-agent',
    'x-request-id',
    'idempotency-key',
    'openai-organization',
    'openai-project',
    'openai-beta',
  ],
  /** Written anew for the next connection; compared by meaning. */
  framing: ['host', 'content-length'],
  clientAddress: [
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-anything',
    'forwarded',
    'x-real-ip',
    'x-client-ip',
    'cf-connecting-ip',
    'true-client-ip',
    'fastly-client-ip',
  ],
  secondCredentials: ['cookie', 'api-key', 'x-api-key', 'x-goog-api-key'],
  /** docs/decisions/0012. */
  objectKeys: ['__proto__', 'constructor', 'prototype', 'hasownproperty'],
  neverToTheClient: ['set-cookie', 'set-cookie2', 'x-proxy-error', 'x-proxy-request-id', 'x-proxy-anything'],
  added: ['x-proxy-request-id', 'server-timing'],
  addedOnEventStreams: ['x-accel-buffering'],
} as const;

const TO_UPSTREAM = new Set<string>([
  ...TABLE.hopByHop,
  ...TABLE.framing,
  ...TABLE.clientAddress,
  ...TABLE.secondCredentials,
  ...TABLE.objectKeys,
  'expect',
]);
const TO_CLIENT = new Set<string>([...TABLE.hopByHop, ...TABLE.framing, ...TABLE.neverToTheClient]);

/** What the upstream must have got of these lines, in order, besides its connection's own. */
export function forUpstream(sent: readonly HeaderLine[], key: string): HeaderLine[] {
  return without(sent, TO_UPSTREAM).map(([name, value]) =>
    name.toLowerCase() === 'authorization' ? [name, `Bearer ${key}`] : [name, value],
  );
}

/** What the client must have got of these lines, in order, before what is added. */
export const forClient = (sent: readonly HeaderLine[]): HeaderLine[] => without(sent, TO_CLIENT);

/** The lines that belong to the connection they came on. */
export const withoutFraming = (lines: readonly HeaderLine[]): HeaderLine[] =>
  lines.filter(
    ([name]) =>
      !['host', 'content-length', 'connection', 'keep-alive', 'transfer-encoding'].includes(name.toLowerCase()),
  );

function without(lines: readonly HeaderLine[], dropped: ReadonlySet<string>): HeaderLine[] {
  const named = new Set(
    lines
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(',').map((part) => part.trim().toLowerCase()))
      .filter((name) => !(TABLE.endToEnd as readonly string[]).includes(name)),
  );
  return lines.filter(([name]) => !dropped.has(name.toLowerCase()) && !named.has(name.toLowerCase()));
}
