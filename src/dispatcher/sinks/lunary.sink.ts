import type { ProxyEvent } from '../../events/event/proxy.event.js';
import type { KeyedSettings, SinkProxies } from '../../config/values/dispatcher.config.js';
import { eventsOf, isModelCall, parseLine } from './event.lines.js';
import type { Outcome, RefusedLine, SinkBatch } from './event.sink.js';
import { outcomeOf } from './http.outcome.js';
import type { SinkResponse } from './http.sender.js';
import { HttpSink, type Post } from './http.sink.js';
import { lunaryRunId, lunaryRunOf } from './lunary.run.js';
import { withPath } from './sink.url.js';

const PATH = '/v1/runs/ingest';

interface IngestResult {
  readonly id?: unknown;
  readonly success?: unknown;
  readonly error?: unknown;
}

/** Sends each call of a model as a run of Lunary. A yes is 200 with a success for each event; a run that exists already is one. */
export class LunarySink extends HttpSink {
  readonly name = 'lunary';
  readonly takesNotices = false;
  readonly limits = { lines: 50, bytes: 1024 * 1024 };

  constructor(
    private readonly settings: KeyedSettings,
    proxies?: SinkProxies,
  ) {
    super(withPath(settings.endpoint, PATH), proxies);
  }

  protected postOf({ lines }: SinkBatch): Post | Outcome | undefined {
    const events = eventsOf(lines);
    if (!Array.isArray(events)) return events;
    const calls = events.filter(isModelCall);
    if (calls.length === 0) return undefined;
    return {
      body: JSON.stringify({ events: calls.flatMap(lunaryRunOf) }),
      headers: { authorization: `Bearer ${this.settings.apiKey}` },
    };
  }

  protected override outcomeOf(response: SinkResponse, { lines }: SinkBatch): Outcome {
    // Lunary's status for malformed content.
    if (response.status === 402) return { kind: 'refused', reason: 'HTTP 402' };
    const outcome = outcomeOf(response.status, response.headers);
    if (outcome.kind !== 'taken') return outcome;
    const results = resultsOf(response.body);
    if (results === undefined) return { kind: 'retry', reason: 'a response without results' };
    return { kind: 'taken', refused: refusedLines(lines, results) };
  }
}

function resultsOf(body: string): readonly IngestResult[] | undefined {
  try {
    const { results } = JSON.parse(body) as { results?: unknown };
    return Array.isArray(results) ? (results as IngestResult[]) : undefined;
  } catch {
    return undefined;
  }
}

function refusedLines(lines: readonly string[], results: readonly IngestResult[]): RefusedLine[] {
  const failed = new Set(results.filter(isFailure).map(({ id }) => id));
  if (failed.size === 0) return [];
  return lines.flatMap((line, at) => {
    const event = parseLine(line) as ProxyEvent | undefined;
    return event && failed.has(lunaryRunId(event)) ? [{ at, reason: 'refused by Lunary' }] : [];
  });
}

/** A repeated start is answered with an error that says so. */
const isFailure = ({ success, error }: IngestResult): boolean =>
  success !== true && !/already exists/i.test(typeof error === 'string' ? error : JSON.stringify(error ?? ''));
