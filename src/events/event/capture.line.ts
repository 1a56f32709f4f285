import { isUtf8 } from 'node:buffer';
import type { CapturedBodies, CapturedBody } from '../../http/captured.bodies.js';
import type { EventBody, ProxyEvent } from './proxy.event.js';

/** The captured bodies of one exchange, each an `EventBody` as JSON. They are kept apart from the line of its event. */
export interface BodyTexts {
  readonly request?: string | undefined;
  readonly response?: string | undefined;
}

export interface KeptBodies extends BodyTexts {
  /** Of the exchange. */
  readonly uuid: string;
  /** Empty for an exchange without a project. */
  readonly projectId: string;
}

/** What the line of an event has in place of its bodies. */
export const CAPTURED_MEMBER = ',"captured":true';

/** Made on the worker: a body may be long. */
export const bodyTexts = ({ request, response }: CapturedBodies): BodyTexts => ({
  ...(request && { request: JSON.stringify(bodyOf(request)) }),
  ...(response && { response: JSON.stringify(bodyOf(response)) }),
});

/** True for the line of an event whose bodies were captured. In a text the quotes would be escaped. */
export const hasBodies = (line: string): boolean => line.includes(CAPTURED_MEMBER);

/** The line with the bodies in it, as sinks get it. */
export const withBodies = (line: string, { request, response }: BodyTexts): string =>
  `${line.slice(0, -1)}${member('request', request)}${member('response', response)}}`;

/** Undoes `withBodies`. */
export function withoutBodies(line: string): string {
  if (!hasBodies(line)) return line;
  const { request: _request, response: _response, ...event } = JSON.parse(line) as ProxyEvent;
  return JSON.stringify(event);
}

const member = (name: string, text: string | undefined): string => (text === undefined ? '' : `,"${name}":${text}`);

function bodyOf({ headers, bytes, truncated }: CapturedBody): EventBody {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = textOf(whole, truncated);
  return {
    headers,
    ...(text === undefined ? { body_base64: whole.toString('base64') } : { body: text }),
    ...(truncated && { truncated }),
  };
}

/** Undefined for bytes that are no UTF-8. A cut may stand within a character, which is left out. */
function textOf(bytes: Buffer, truncated: boolean): string | undefined {
  for (let cut = 0; cut <= (truncated ? 3 : 0); cut += 1) {
    const part = bytes.subarray(0, Math.max(0, bytes.length - cut));
    if (isUtf8(part)) return part.toString('utf8');
  }
  return undefined;
}
