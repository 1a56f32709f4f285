import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';
import type { Exchange } from '../http/exchange.js';

/** Notes the refusal before its answer, and returns what is answered: `error`, or why it cannot be noted. Never rejects. */
export type NoteRefusal = (exchange: Exchange, error: ApiError) => Promise<ApiError>;

/** Refuses requests whose body never arrives whole. Fastify still waits for it, so its hooks see no answer. */
export class BrokenBodies {
  private readonly noted = new WeakSet<Exchange>();
  private note: NoteRefusal | undefined;

  constructor(private readonly answer: (exchange: Exchange, error: ApiError) => void) {}

  /** For management calls. */
  noteWith(note: NoteRefusal): void {
    this.note = note;
  }

  /** Bodies outside /v1 are small: one that takes long is refused, so that it does not hold up a stop of the server. */
  endIn(ms: number, exchange: Exchange): void {
    const { request } = exchange;
    if (exchange.bodyLength === 0) return;
    const judge = (): void => {
      if (!request.complete && exchange.closedAt === undefined) this.refuse(exchange, errors.requestTimeout());
    };
    // A process that stood still reads what has arrived before it judges.
    const timer = setTimeout(() => setImmediate(judge), ms);
    request.once('close', () => clearTimeout(timer));
  }

  /** The body of a running request broke: the request is refused, or its response broken off. */
  refuse(exchange: Exchange, error: ApiError): void {
    const response = exchange.response!;
    response.shouldKeepAlive = false;
    if (response.headersSent) {
      exchange.refused(error);
      response.destroy();
    } else if (exchange.route !== 'management' || !this.note) this.answer(exchange, error);
    else if (!this.noted.has(exchange)) {
      this.noted.add(exchange);
      void this.note(exchange, error).then((final) => {
        // The client may have left meanwhile, or Fastify has answered.
        if (!response.headersSent && exchange.closedAt === undefined) this.answer(exchange, final);
      });
    }
  }
}
