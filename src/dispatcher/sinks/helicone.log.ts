import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { bodyOf } from './event.content.js';
import { timesOf } from './event.lines.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One call as Helicone's manual logger sends it. */
export function heliconeLogOf(event: ProxyEvent): object {
  const { startMs, endMs } = timesOf(event);
  return {
    providerRequest: { url: event.path, json: requestJson(event), meta: metaOf(event) },
    providerResponse: { ...responseOf(event), status: event.status ?? 500, headers: {} },
    timing: {
      startTime: timeOf(startMs),
      endTime: timeOf(endMs),
      ...(event.first_byte_ms !== undefined && { timeToFirstToken: Math.round(event.first_byte_ms) }),
    },
  };
}

const timeOf = (ms: number): object => ({ seconds: Math.floor(ms / 1000), milliseconds: Math.floor(ms % 1000) });

function requestJson(event: ProxyEvent): object {
  const body = bodyOf(event.request);
  const model = event.request_model ?? event.model;
  return { ...(isObject(body) ? body : {}), ...(model !== undefined && { model }) };
}

/** The body of the response where it was captured; the usage always. */
function responseOf(event: ProxyEvent): object {
  const body = bodyOf(event.response);
  if (typeof body === 'string') return { textBody: body, json: { ...usageOf(event) } };
  const model = event.model ?? event.request_model;
  return { json: { ...(isObject(body) ? body : {}), ...(model !== undefined && { model }), ...usageOf(event) } };
}

function usageOf({ usage }: ProxyEvent): object {
  if (usage === undefined || usage.source === 'none') return {};
  const { input = 0, output = 0, total = input + output, cached } = usage;
  const details = cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } };
  return { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: total, ...details } };
}

/** Texts alone. Helicone keeps no id of its callers, so the event's is a property. */
function metaOf(event: ProxyEvent): Record<string, string> {
  const meta = {
    'Helicone-User-Id': event.token_id,
    'Helicone-Property-event_id': event.id,
    'Helicone-Property-request_id': event.request_id,
    'Helicone-Property-project_id': event.project_id,
    'Helicone-Property-end': event.end,
  };
  return Object.fromEntries(Object.entries(meta).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
