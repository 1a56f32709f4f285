import { FileShelf, SPEECH, fileObject, multipartPart } from './openai.files.js';
import { jsonAnswer, openAiError, openAiHeaders } from './openai.headers.js';
import { TEXT, chatCompletion, chatEvents, response, responseEvents, type GenerationRequest } from './openai.text.js';
import type { Handler } from './upstream.connection.js';
import type { Answer, Exchange } from './upstream.exchange.js';

const MODELS = ['gpt-4o-mini', 'gpt-4o', 'text-embedding-3-small'];
const model = (id: string): object => ({ id, object: 'model', created: 1_760_000_000, owned_by: 'openai' });

/** Answers a received request; `id` is what stood for `*` in the route. */
type Operation = (exchange: Exchange, id: string) => Promise<void>;

/** Speaks enough of the OpenAI API for its official client. Routes by method and path; `path` has no query and no prefix. */
export class OpenAiAnswers {
  private readonly shelf = new FileShelf();

  private readonly operations: Record<string, Operation> = {
    'POST /v1/chat/completions': (exchange) => generate(exchange, chatCompletion, chatEvents),
    'POST /v1/responses': (exchange) => generate(exchange, response, responseEvents),
    'POST /v1/embeddings': (exchange) => exchange.answer(jsonAnswer(embeddings(exchange))),
    'POST /v1/moderations': (exchange) => exchange.answer(jsonAnswer(moderation())),
    'GET /v1/models': (exchange) => exchange.answer(jsonAnswer({ object: 'list', data: MODELS.map(model) })),
    'GET /v1/models/*': (exchange, id) =>
      exchange.answer(MODELS.includes(id) ? jsonAnswer(model(id)) : openAiError(404, 'model_not_found')),
    'POST /v1/files': (exchange) => exchange.answer(this.upload(exchange)),
    'GET /v1/files/*': (exchange, id) => exchange.answer(this.file(id)),
    'GET /v1/files/*/content': (exchange, id) => exchange.answer(this.content(id)),
    'DELETE /v1/files/*': (exchange, id) => exchange.answer(this.deleted(id)),
    'POST /v1/audio/speech': (exchange) => speech(exchange),
    'POST /v1/audio/transcriptions': (exchange) => exchange.answer(transcription(exchange)),
  };

  /** The handler for a request with this method and path. */
  handler(method: string, path: string): Handler {
    const [, id = ''] = /^\/v1\/(?:models|files)\/([^/]+)/.exec(path) ?? [];
    const route = `${method} ${id === '' ? path : path.replace(id, '*')}`;
    const operation = Object.hasOwn(this.operations, route) ? this.operations[route] : undefined;
    return async (exchange) => {
      if (!(await exchange.receiveAll())) return;
      if (operation === undefined) await exchange.answer(openAiError(404, 'unknown_url'));
      else await operation(exchange, id);
    };
  }

  private upload({ request }: Exchange): Answer {
    const stored = this.shelf.store(request);
    return stored === undefined ? openAiError(400, 'missing_required_parameter') : jsonAnswer(fileObject(stored));
  }

  private file(id: string): Answer {
    const stored = this.shelf.get(id);
    return stored === undefined ? openAiError(404, 'file_not_found') : jsonAnswer(fileObject(stored));
  }

  private content(id: string): Answer {
    const stored = this.shelf.get(id);
    if (stored === undefined) return openAiError(404, 'file_not_found');
    return { headers: openAiHeaders('application/octet-stream'), body: stored.content };
  }

  private deleted(id: string): Answer {
    return this.shelf.delete(id)
      ? jsonAnswer({ id, object: 'file', deleted: true })
      : openAiError(404, 'file_not_found');
  }
}

async function generate(
  exchange: Exchange,
  whole: (request: GenerationRequest) => object,
  events: (request: GenerationRequest) => string[],
): Promise<void> {
  const asked = json(exchange) as GenerationRequest | undefined;
  if (asked === undefined) return exchange.answer(openAiError(400, 'invalid_json'));
  if (asked.stream !== true) return exchange.answer(jsonAnswer(whole(asked)));
  await exchange.head(200, [...openAiHeaders('text/event-stream; charset=utf-8'), ['Transfer-Encoding', 'chunked']]);
  for (const event of events(asked)) await exchange.chunk(event);
  await exchange.lastChunk();
}

function json({ request }: Exchange): unknown {
  try {
    return request.json();
  } catch {
    return undefined;
  }
}

function embeddings(exchange: Exchange): object {
  const asked = (json(exchange) ?? {}) as { model?: string; input?: unknown; encoding_format?: string };
  const vector = [0.125, -0.5, 0.25];
  const embedding =
    asked.encoding_format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector;
  const inputs = Array.isArray(asked.input) ? asked.input : [asked.input];
  return {
    object: 'list',
    data: inputs.map((_, index) => ({ object: 'embedding', index, embedding })),
    model: asked.model,
    usage: { prompt_tokens: 2, total_tokens: 2 },
  };
}

function moderation(): object {
  const result = { flagged: false, categories: { violence: false }, category_scores: { violence: 0.01 } };
  return { id: 'modr-recorded', model: 'omni-moderation-latest', results: [result] };
}

async function speech(exchange: Exchange): Promise<void> {
  await exchange.head(200, [...openAiHeaders('audio/mpeg'), ['Transfer-Encoding', 'chunked']]);
  for (let at = 0; at < SPEECH.length; at += 16_384) await exchange.chunk(SPEECH.subarray(at, at + 16_384));
  await exchange.lastChunk();
}

function transcription({ request }: Exchange): Answer {
  if (multipartPart(request, 'file') === undefined) return openAiError(400, 'missing_required_parameter');
  const format = multipartPart(request, 'response_format')?.content.toString('utf8');
  if (format === 'text') return { headers: openAiHeaders('text/plain; charset=utf-8'), body: `${TEXT}\n` };
  return jsonAnswer({ text: TEXT });
}
