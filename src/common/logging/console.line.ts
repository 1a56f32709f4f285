import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];
type Entry = Record<string, unknown> & { level: string; time: string; msg?: string };

const LEVEL_STYLES: Record<string, Style> = {
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};
/** What a person does not read: identifiers, which the JSON format has. */
const LEFT_OUT = new Set(['level', 'time', 'msg', 'context', 'worker', 'err']);
/** What could move the cursor of a terminal or begin a line of its own. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

const printable = (text: string): string => text.replace(CONTROL, '\ufffd');
const valueOf = (value: unknown): string =>
  typeof value === 'string' && /^[^\s"=]+$/.test(value) ? printable(value) : printable(JSON.stringify(value) ?? '');

/** One line for a person, from a line of JSON: short time, level, then what happened. With colours for a terminal that shows them. */
export function consoleLine(json: string, hasColours: boolean): string {
  const entry = JSON.parse(json) as Entry;
  const paint = (style: Style, text: string): string =>
    hasColours ? styleText(style, text, { validateStream: false }) : text;
  const level = paint(LEVEL_STYLES[entry.level] ?? 'white', entry.level.toUpperCase().padEnd(5));
  const worker = entry['worker'] === undefined ? '' : ` [${valueOf(entry['worker'])}]`;
  const text = entry.msg === 'request' ? requestText(entry, paint) : eventText(entry);
  return `${paint('dim', clock(entry.time))} ${level}${worker} ${text}\n${errorText(entry['err'])}`;
}

/** The local time of day. */
const clock = (time: string): string => new Date(time).toTimeString().slice(0, 8);

/** `POST /v1/chat/completions 200 1.2 s`, and what went wrong. */
function requestText(entry: Entry, paint: (style: Style, text: string) => string): string {
  const { method = '-', path = '-', status, total_ms: ms, code, end, why, remote } = entry;
  const parts = [method, path].map(valueOf);
  parts.push(typeof status === 'number' ? paint(statusStyle(status), String(status)) : '-');
  if (typeof ms === 'number') parts.push(duration(ms));
  if (code !== undefined) parts.push(valueOf(code));
  else if (end !== undefined && end !== 'ok') parts.push(`ended by ${valueOf(end)}`);
  if (typeof why === 'string') parts.push(`(${printable(why)})`);
  if (remote !== undefined) parts.push(paint('dim', valueOf(remote)));
  return parts.join(' ');
}

const statusStyle = (status: number): Style => (status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green');
const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** The sentence, and its fields as `key=value`. */
function eventText(entry: Entry): string {
  const fields = Object.entries(entry).filter(([key]) => !LEFT_OUT.has(key));
  const pairs = fields.map(([key, value]) => `${printable(key)}=${valueOf(value)}`);
  return [...(entry.msg === undefined ? [] : [printable(entry.msg)]), ...pairs].join(' ');
}

/** The stack of an error and those of its causes, indented; empty without one. */
function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message, cause } = error as { stack?: string; message?: string; cause?: unknown };
  const lines = (stack ?? message ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => `    ${printable(line)}\n`).join('') + errorText(cause);
}
