import { openUsageReader, usageWithoutBody } from '../../src/openai/usage/usage.reader.js';
import type { UsageReport } from '../../src/openai/usage/usage.record.js';

export const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
/** What must be read of it. */
export const FIGURES = { input: 7, output: 3, total: 10 };

/** One response; a JSON body of a chat completion unless it says more. */
export interface Case {
  readonly path?: string;
  readonly method?: string;
  readonly contentType?: string;
  readonly isWhole?: boolean;
  readonly clientLeft?: boolean;
  readonly pieceBytes?: number;
}

/** What is read of a body: a text as it is, anything else as JSON. */
export function readUsage(body: unknown, given: Case = {}): UsageReport {
  const { path = '/v1/chat/completions', method = 'POST', isWhole = true, clientLeft = false } = given;
  const { contentType = 'application/json', pieceBytes = 16_384 } = given;
  const call = { method, path, status: 200, contentType };
  const known = usageWithoutBody(call);
  if (known) return known;
  const reader = openUsageReader(call, undefined);
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return reader.end(isWhole, clientLeft) as UsageReport;
}

/** What is read of an event stream. */
export const readEvents = (events: readonly unknown[], given: Case = {}): UsageReport =>
  readUsage(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), {
    contentType: 'text/event-stream',
    ...given,
  });
