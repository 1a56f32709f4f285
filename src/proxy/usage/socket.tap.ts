import { Logger } from '@nestjs/common';
import type { Exchange } from '../../http/exchange.js';
import { noUsage } from '../../openai/usage/usage.report.js';
import { SocketUsage } from '../../openai/usage/usage.socket.js';
import { plainId } from './plain.id.js';

const FIN = 0x80;
/** RFC 7692 §6: set in the first frame of a compressed message. */
const COMPRESSED = 0x40;
const OPCODE = 0x0f;
const CONTINUATION = 0;
const TEXT = 1;
const CONTROL = 0x08;

/** Reads what one WebSocket uses from the frames of its upstream. An error ends its reading and has no other effect. */
export class SocketTap {
  private static readonly logger = new Logger(SocketTap.name);
  private readonly usage: SocketUsage;
  private first = 0;
  /** The current message is an uncompressed text. */
  private isText = false;
  private hasFailed = false;

  constructor(private readonly exchange: Exchange) {
    const url = exchange.request.url ?? '';
    const model = new URLSearchParams(url.slice(exchange.path.length)).get('model')?.slice(0, 256) || undefined;
    if (model !== undefined) exchange.asked = { model };
    this.usage = new SocketUsage(model, exchange.path === '/v1/responses');
  }

  /** The upstream has switched protocols. `requestId` is its own. */
  begin(requestId: unknown): void {
    this.exchange.upstreamRequestId = plainId(requestId);
  }

  /** The upstream did not switch protocols. */
  refused(): void {
    this.exchange.usage = noUsage('refused');
  }

  beginFrame(first: number): void {
    this.first = first;
    const opcode = first & OPCODE;
    if (opcode === CONTINUATION || opcode & CONTROL) return;
    this.isText = opcode === TEXT && (first & COMPRESSED) === 0;
    if (first & COMPRESSED) this.usage.cannotDecode();
  }

  payload(bytes: Buffer): void {
    if (this.isText && !this.isControl) this.usage.push(bytes.toString('latin1'));
  }

  endFrame(): void {
    if (!this.isText || this.isControl || (this.first & FIN) === 0 || this.hasFailed) return;
    try {
      this.usage.endMessage();
    } catch (error) {
      this.hasFailed = true;
      SocketTap.logger.error({ msg: 'a reader of WebSockets failed', err: error });
    }
  }

  /** Called once, before the observers of the exchange. */
  end(): void {
    this.exchange.usage = this.usage.end();
  }

  /** A control frame may stand between the frames of a message (RFC 6455 §5.4). */
  private get isControl(): boolean {
    return (this.first & CONTROL) !== 0;
  }
}
