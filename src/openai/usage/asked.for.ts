import { membersFromStart } from './json.members.js';
import { nameOf } from './usage.document.js';
import type { AskedFor } from './usage.record.js';

const LEFT_BRACE = 0x7b;
const DASH = 0x2d;
/** How much of a request is looked into. */
const MAX_BYTES = 4096;
/** RFC 7578 §4.2: the field of a form with its value. */
const MODEL_FIELD =
  /\r\ncontent-disposition: *form-data; *name="?model"?\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]{1,256})\r\n/i;

/** What the first piece of a request's body asks for; undefined when it does not say. */
export function askedFor(piece: Buffer): AskedFor | undefined {
  const first = piece[0];
  if (first !== LEFT_BRACE && first !== DASH) return undefined;
  const text = piece.toString('latin1', 0, MAX_BYTES);
  return first === DASH ? askedInForm(text) : askedInJson(text);
}

function askedInForm(text: string): AskedFor | undefined {
  const model = nameOf(MODEL_FIELD.exec(text)?.[1]);
  return model === undefined ? undefined : { model };
}

function askedInJson(text: string): AskedFor | undefined {
  const hasModel = text.includes('model"');
  const hasStream = text.includes('stream"');
  if (!hasModel && !hasStream) return undefined;
  const { top } = membersFromStart(
    text,
    1,
    MAX_BYTES,
    ({ top: found }) => (!hasModel || found.has('model')) && (!hasStream || found.has('stream')),
  );
  const model = nameOf(valueOf(top.get('model')));
  const stream = valueOf(top.get('stream'));
  const isKnown = typeof stream === 'boolean';
  if (model === undefined && !isKnown) return undefined;
  return { ...(model !== undefined && { model }), ...(isKnown && { stream }) };
}

function valueOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
