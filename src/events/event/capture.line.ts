import { isUtf8 } from 'node:buffer';
import type { CapturedBodies, CapturedBody } from '../../http/captured.bodies.js';
import type { EventBody } from './proxy.event.js';

/** The members of captured bodies, each with a comma before it. Made on the worker: a body may be long. */
export const captureMembers = ({ request, response }: CapturedBodies): string =>
  member('request', request) + member('response', response);

const member = (name: string, body: CapturedBody | undefined): string =>
  body ? `,"${name}":${JSON.stringify(bodyOf(body))}` : '';

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
