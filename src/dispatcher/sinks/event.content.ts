import type { EventBody, ProxyEvent } from '../../events/event/proxy.event.js';

type Json = Record<string, unknown>;

/** A captured body: JSON where it is whole JSON, else text. Undefined when it was not captured or is not text. */
export function bodyOf(body: EventBody | undefined): unknown {
  const text = body?.body;
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What the model was asked, out of a captured request. */
export const inputOf = ({ request }: ProxyEvent): unknown => member(bodyOf(request), ['messages', 'input', 'prompt']);

/** What the model answered, out of a captured response: the message, where there is one. */
export function outputOf({ response }: ProxyEvent): unknown {
  const body = bodyOf(response);
  const choices = isObject(body) ? body['choices'] : undefined;
  const [choice] = Array.isArray(choices) ? (choices as unknown[]) : [];
  if (isObject(choice)) return choice['message'] ?? choice['text'] ?? body;
  return member(body, ['output']);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of the named members; the body itself when it has none. */
function member(body: unknown, names: readonly string[]): unknown {
  if (!isObject(body)) return body;
  const name = names.find((candidate) => body[candidate] !== undefined);
  return name === undefined ? body : body[name];
}

/** A sentence about a failed exchange. */
export const failureOf = ({ status, end, code }: ProxyEvent): string =>
  [status === undefined ? undefined : `status ${status}`, end === 'ok' ? undefined : `end ${end}`, code]
    .filter((part) => part !== undefined)
    .join(', ');
