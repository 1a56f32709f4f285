import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';

export interface SinkLines {
  /** Events and repeated events, without notices. */
  readonly events: readonly ProxyEvent[];
  readonly malformed: readonly string[];
}

/** The lines of the sink `file`, in the current file and the rotated ones. */
export function readSinkLines(path: string): SinkLines {
  const events: ProxyEvent[] = [];
  const malformed: string[] = [];
  const names = existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];
  for (const name of names.filter((candidate) => candidate.startsWith(basename(path)))) {
    const text = readFileSync(join(dirname(path), name), 'utf8');
    if (text !== '' && !text.endsWith('\n')) malformed.push(`${name} ends without a line break`);
    for (const line of text.split('\n').slice(0, -1)) {
      const event = parsed(line);
      if (event === undefined) malformed.push(`${name}: ${line.slice(0, 120)}`);
      else if (event.kind !== 'notice') events.push(event as ProxyEvent);
    }
  }
  return { events, malformed };
}

function parsed(line: string): { readonly kind: string } | undefined {
  try {
    const event = JSON.parse(line) as { v?: number; id?: string; kind: string };
    return event.v === 1 && typeof event.id === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}
