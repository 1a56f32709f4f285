import type { ServerResponse } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { refusal } from '../../http/error.body.js';

/** How long a cut waits for the end of the current event. */
const GRACE_MS = 150;
const NOTHING_SENT = 0x0a0a;

/**
 * An event stream that can be cut (WHATWG HTML §9.2.6). An event of the proxy may stand only between two events of the
 * upstream, so that neither is damaged. The last bytes show where that is: nothing is parsed.
 */
export class EventStream {
  /** The last four bytes sent. */
  private tail = NOTHING_SENT;
  private cutShort: (() => void) | undefined;

  constructor(private readonly response: ServerResponse) {}

  sent(chunk: Buffer): void {
    const { length } = chunk;
    if (length >= 4) this.tail = chunk.readUInt32BE(length - 4);
    else for (const byte of chunk) this.tail = ((this.tail << 8) | byte) >>> 0;
    if (this.cutShort && this.isBetweenEvents) this.cutShort();
  }

  /** After a blank line, made of any of the three line ends. */
  get isBetweenEvents(): boolean {
    const two = this.tail & 0xffff;
    const three = this.tail & 0xffffff;
    return two === 0x0a0a || two === 0x0d0d || two === 0x0a0d || three === 0x0a0d0a || three === 0x0d0d0a;
  }

  /**
   * Writes one `error` event at the next boundary, then breaks the stream off: no clean end is invented.
   * `last` is called when nothing more of the upstream may be sent.
   */
  cut(why: ApiError, last: () => void): void {
    const { response } = this;
    const timer = setTimeout(() => response.destroy(), GRACE_MS);
    response.once('close', () => clearTimeout(timer));
    this.cutShort = () => {
      this.cutShort = undefined;
      last();
      response.write(errorEvent(why), () => response.destroy());
    };
    if (this.isBetweenEvents) this.cutShort();
  }
}

/** OpenAI's SDKs raise it as an APIError, for chat completions and responses alike. */
const errorEvent = (why: ApiError): string => `event: error\ndata: ${refusal(why, '', true).body}\n\n`;
