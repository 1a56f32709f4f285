import type { KeyedSettings, SinkProxies } from '../../config/values/dispatcher.config.js';
import { eventsOf, isModelCall } from './event.lines.js';
import type { Outcome, SinkBatch } from './event.sink.js';
import { heliconeLogOf } from './helicone.log.js';
import { HttpSink, type Post } from './http.sink.js';
import { withPath } from './sink.url.js';

/** Sends each call of a model in a request of its own. Any 2xx is a yes. */
export class HeliconeSink extends HttpSink {
  readonly name = 'helicone';
  readonly takesNotices = false;
  readonly limits = { lines: 1, bytes: 1024 * 1024 };

  constructor(
    private readonly settings: KeyedSettings,
    proxies?: SinkProxies,
  ) {
    super(withPath(settings.endpoint, '/custom/v1/log'), proxies);
  }

  protected postOf({ lines }: SinkBatch): Post | Outcome | undefined {
    const events = eventsOf(lines);
    if (!Array.isArray(events)) return events;
    const call = events.find(isModelCall);
    if (call === undefined) return undefined;
    return {
      body: JSON.stringify(heliconeLogOf(call)),
      headers: { authorization: `Bearer ${this.settings.apiKey}` },
    };
  }
}
