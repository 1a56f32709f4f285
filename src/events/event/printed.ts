import { milliseconds } from '../../common/values/fast.format.js';
import { redact } from '../../common/values/redact.js';

/** Names such as models repeat: their JSON is remembered, up to this number of names. */
const MAX_REMEMBERED = 512;
/** A longer text of a client or an upstream is cut. */
const MAX_TEXT = 256;
const remembered = new Map<string, string>();

/** A text from outside as JSON: short, and without credentials. */
function quoted(text: string): string {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const made = JSON.stringify(redact(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  if (text.length <= MAX_TEXT) remembered.set(text, made);
  return made;
}

/** A member with a name that repeats, such as a model. */
export const nameMember = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${quoted(value)}`;

const PLAIN = /^[\w.:-]{1,256}$/;

/** A member with an id that the upstream made. */
export const idMember = (name: string, value: string | undefined): string => {
  if (value === undefined) return '';
  const isPlain = PLAIN.test(value) && !value.includes('sk-');
  return isPlain ? `,"${name}":"${value}"` : `,"${name}":${JSON.stringify(redact(value.slice(0, MAX_TEXT)))}`;
};

/** A member with text that needs no escaping: our own ids and words, and what the HTTP parser has validated. */
export const plainMember = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":"${value}"`;

export const numberMember = (name: string, value: number | undefined): string =>
  value === undefined ? '' : `,"${name}":${value}`;

/** Milliseconds between two times of an exchange; absent when one of them is. */
export const durationMember = (name: string, from: number | undefined, to: number | undefined): string =>
  from === undefined || to === undefined ? '' : `,"${name}":${milliseconds(Math.max(0, to - from))}`;
