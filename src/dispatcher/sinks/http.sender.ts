import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { SinkProxies } from '../../config/values/dispatcher.config.js';

export interface SinkResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Without what exceeds `MAX_RESPONSE_BYTES`. */
  readonly body: string;
}

const MAX_RESPONSE_BYTES = 1024 * 1024;
const TIMEOUT_MS = 15_000;

/** Posts to one URL over connections that are kept. Redirects are not followed: the body has what only this URL may get. */
export class HttpSender {
  private readonly agent: http.Agent;
  private readonly request: typeof http.request;

  constructor(
    private readonly url: string,
    proxies: SinkProxies = {},
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    const isTls = url.startsWith('https:');
    this.request = isTls ? https.request : http.request;
    const options = { keepAlive: true, maxSockets: 4, proxyEnv: { ...proxies } };
    this.agent = isTls ? new https.Agent(options) : new http.Agent(options);
  }

  /** Rejects on a network error, and when the whole response is not there in time. */
  async post(body: string, headers: Record<string, string>, signal: AbortSignal): Promise<SinkResponse> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]);
    const response = await this.send(Buffer.from(body), headers, limit);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await textOf(response) };
  }

  close(): void {
    this.agent.destroy();
  }

  private send(body: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      this.request(this.url, {
        method: 'POST',
        agent: this.agent,
        signal,
        headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
      })
        .once('response', resolve)
        .on('error', reject)
        .end(body);
    });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_RESPONSE_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
