import { membersFromEnd, membersFromStart, type Members, type MembersFound } from './json.members.js';
import { figuresOf, hasFigures, type JsonObject, objectOf, toolFiguresOf } from './usage.figures.js';
import type { Figures, ToolFigures } from './usage.record.js';

/** What a document says: an answer, or one event. */
export interface DocumentUsage {
  /** Of an event. */
  readonly type?: string;
  readonly id?: string;
  readonly object?: string;
  readonly model?: string;
  readonly tier?: string;
  readonly status?: string;
  /** Undefined without any figure. */
  readonly figures?: Figures;
  readonly tools?: ToolFigures;
}

/** How much of a document there is. */
export interface Extent {
  readonly hasStart: boolean;
  readonly hasEnd: boolean;
  /** Its items may be calls of tools. */
  readonly hasItems?: boolean;
}

/** Up to this size JSON.parse of the whole costs no more than reading the members alone. */
const SMALL_DOCUMENT = 2048;
/** How far a document is read from its beginning for its id and model. */
const HEAD_CHARS = 4096;
const MAX_NAME_CHARS = 256;

const WANTED = ['id', 'object', 'model', 'service_tier', 'status', 'usage', 'tool_usage', 'svg_usage', 'type'] as const;

/** Members by name: of the whole document, and of the object that carries the figures. */
interface Parsed {
  readonly top: JsonObject;
  readonly inner: JsonObject;
}

/**
 * Reads a document whose figures stand in the member `usage` at depth `level`: 1 for a body, 2 for an event of a response,
 * 3 for a wrapped one. `text` has one character a byte.
 */
export function documentUsage(text: string, level: number, extent: Extent): DocumentUsage {
  return usageOf(parsedMembers(text, level, extent));
}

/** What the beginning of a document says, without its figures. */
export function documentHead(text: string, level: number): DocumentUsage {
  return usageOf(headMembers(text, level));
}

/** The known members of `over`, and those of `under` that it lacks. */
export const joined = (under: DocumentUsage | undefined, over: DocumentUsage): DocumentUsage => ({
  ...under,
  ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)),
});

function usageOf({ top, inner }: Parsed): DocumentUsage {
  const usage = objectOf(inner['usage']);
  const figures = usage && figuresOf(usage);
  return {
    type: nameOf(top['type']),
    id: nameOf(inner['id']),
    object: nameOf(inner['object']),
    model: nameOf(inner['model']),
    tier: nameOf(inner['service_tier']),
    status: nameOf(inner['status']),
    figures: figures && hasFigures(figures) ? figures : undefined,
    tools: toolFiguresOf(inner),
  };
}

/** A short text of one character a byte, as what its bytes mean; undefined for anything else. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME_CHARS) return undefined;
  // oxlint-disable-next-line no-control-regex -- the test is for ASCII.
  return /^[\x00-\x7f]*$/.test(value) ? value : Buffer.from(value, 'latin1').toString('utf8');
}

function parsedMembers(text: string, level: number, extent: Extent): Parsed {
  const isComplete = extent.hasStart && extent.hasEnd;
  if (isComplete && (text.length <= SMALL_DOCUMENT || (extent.hasItems && callsTools(text)))) {
    const top = parseObject(text);
    if (top) return { top, inner: innerOf(top, level) };
  }
  if (!extent.hasEnd) return extent.hasStart ? values(membersFromStart(text, level, Infinity)) : { top: {}, inner: {} };
  if (!extent.hasStart) return values(tailMembers(text, level, true));
  const head = headMembers(text, level);
  const tail = values(tailMembers(text, level, head.inner['model'] === undefined));
  const top = { ...head.top, ...tail.top };
  return { top, inner: level === 1 ? top : { ...head.inner, ...tail.inner } };
}

const headMembers = (text: string, level: number): Parsed =>
  values(membersFromStart(text, level, HEAD_CHARS, ({ inner }) => inner.has('id') && inner.has('model')));

/** Items whose number is billed. They stand in the middle of a document. */
const callsTools = (text: string): boolean => text.includes('search_call"') || text.includes('interpreter_call"');

/** Undefined for text that is not the JSON of an object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function innerOf(top: JsonObject, level: number): JsonObject {
  if (level === 1) return top;
  if (level === 2) return objectOf(top['response']) ?? {};
  const event = objectOf(top['event']) ?? {};
  return objectOf(event['response'] ?? event['decision']) ?? {};
}

/** Reads back to the figures, and on to the tier and the model if they stand in front of them. */
function tailMembers(text: string, level: number, needsModel: boolean): MembersFound {
  if (text.lastIndexOf('usage"') < 0) return { top: new Map(), inner: new Map() };
  let until: number | undefined;
  return membersFromEnd(text, level, ({ inner }, at) => {
    if (!inner.has('usage')) return false;
    until ??= Math.min(
      inner.has('service_tier') ? at : nameBefore(text, 'service_tier"', at),
      inner.has('model') || !needsModel ? at : nameBefore(text, 'model"', at),
    );
    return at <= until;
  });
}

/** The place of a name in front of `at`, which is not far away; `at` when there is none. */
function nameBefore(text: string, name: string, at: number): number {
  const found = text.lastIndexOf(name, at);
  return found >= 0 ? found : at;
}

const values = ({ top, inner }: MembersFound): Parsed => {
  const parsed = valuesOf(top);
  return { top: parsed, inner: top === inner ? parsed : valuesOf(inner) };
};

function valuesOf(members: Members): JsonObject {
  const object: Record<string, unknown> = {};
  for (const name of WANTED) {
    const text = members.get(name);
    if (text === undefined) continue;
    object[name] = valueOf(text);
  }
  return object;
}

/** Undefined for text that is not JSON. */
function valueOf(json: string): unknown {
  const text = json.trim();
  if (text.startsWith('"') && !text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
