import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { failureOf, inputOf, outputOf } from './event.content.js';
import { hasFailed, timesOf } from './event.lines.js';
import { uuidV5 } from './uuid.v5.js';

type LunaryEvent = Record<string, unknown>;

/** The start and the end of a run, in this order: an end whose start is unknown is dropped by Lunary without an error. */
export function lunaryRunOf(event: ProxyEvent): [LunaryEvent, LunaryEvent] {
  const { startMs, endMs } = timesOf(event);
  const run = { type: event.route === 'embeddings' ? 'embed' : 'llm', runId: lunaryRunId(event) };
  const start = {
    ...run,
    event: 'start',
    name: event.model ?? event.request_model ?? event.route,
    timestamp: new Date(startMs).toISOString(),
    input: inputOf(event) ?? null,
    metadata: metadataOf(event),
  };
  const end = { ...run, timestamp: new Date(endMs).toISOString(), ...tokensUsage(event) };
  if (hasFailed(event)) return [start, { ...end, event: 'error', error: { message: failureOf(event) } }];
  return [start, { ...end, event: 'end', output: outputOf(event) ?? null }];
}

/** The same on every delivery, so that Lunary recognises a repeated run. */
export const lunaryRunId = ({ id }: ProxyEvent): string => uuidV5(id);

function tokensUsage({ usage }: ProxyEvent): object {
  if (usage === undefined || usage.source === 'none') return {};
  const { input: prompt, output: completion, cached: promptCached } = usage;
  return { tokensUsage: { prompt, completion, promptCached } };
}

/** Lunary keeps one level: texts, numbers and booleans. */
const metadataOf = (event: ProxyEvent): object => ({
  event_id: event.id,
  request_id: event.request_id,
  project_id: event.project_id,
  token_id: event.token_id,
  method: event.method,
  path: event.path,
  status: event.status,
  end: event.end,
  stream: event.stream,
  usage_source: event.usage?.source,
  cost_nano_usd: event.cost?.nano_usd,
});
