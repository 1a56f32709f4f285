import type { EventsFormat, SinkProxies, WebhookSettings } from '../../config/values/dispatcher.config.js';
import { cloudEventOf } from './cloud.events.js';
import type { SinkBatch } from './event.sink.js';
import { HttpSink, type Post } from './http.sink.js';
import { secretBytes, signedHeaders } from './webhook.signature.js';

const CLOUD_EVENTS = 'application/cloudevents-batch+json; charset=utf-8';
/** What surrounds an event in its post: `{"events":[…]}`, or the members of a CloudEvent. */
const MARGIN_BYTES = 64 * 1024;

/** Posts events as Standard Webhooks 1.0. Any 2xx is a yes. */
export class WebhookSink extends HttpSink {
  readonly name = 'webhook';
  readonly takesNotices = true;
  readonly limits = { lines: 100, bytes: 1024 * 1024 - MARGIN_BYTES };
  private readonly keys: readonly Buffer[];

  constructor(
    { url, secrets }: WebhookSettings,
    private readonly format: EventsFormat,
    proxies?: SinkProxies,
  ) {
    super(url, proxies);
    this.keys = secrets.map(secretBytes);
  }

  protected postOf({ id, lines }: SinkBatch): Post {
    const isCloud = this.format === 'cloudevents';
    const body = isCloud ? `[${lines.map(cloudEventOf).join()}]` : `{"events":[${lines.join()}]}`;
    const headers = signedHeaders(this.keys, id, Math.floor(Date.now() / 1000), body);
    return { body, headers: isCloud ? { ...headers, 'content-type': CLOUD_EVENTS } : headers };
  }
}
