import type { SinkProxies } from '../../config/values/dispatcher.config.js';
import { type BatchLimits, EventSink, type Outcome, type SinkBatch, TAKEN } from './event.sink.js';
import { faultOf, outcomeOf, retry } from './http.outcome.js';
import { HttpSender, type SinkResponse } from './http.sender.js';

export interface Post {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** A sink that is one URL. A subclass makes the request of a batch and may read the response. */
export abstract class HttpSink extends EventSink {
  abstract override readonly limits: BatchLimits;
  private readonly sender: HttpSender;

  constructor(url: string, proxies?: SinkProxies) {
    super();
    this.sender = new HttpSender(url, proxies);
  }

  async send(batch: SinkBatch, signal: AbortSignal): Promise<Outcome> {
    const post = this.postOf(batch);
    if (post === undefined) return TAKEN;
    if ('kind' in post) return post;
    try {
      return this.outcomeOf(await this.sender.post(post.body, post.headers, signal), batch);
    } catch (error) {
      return retry(faultOf(error));
    }
  }

  async close(): Promise<void> {
    this.sender.close();
  }

  /** Undefined when the batch has nothing for this sink. */
  protected abstract postOf(batch: SinkBatch): Post | Outcome | undefined;

  protected outcomeOf({ status, headers }: SinkResponse, _batch: SinkBatch): Outcome {
    return outcomeOf(status, headers);
  }
}
