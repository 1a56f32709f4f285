import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { Provider, ProviderPolicy } from '../../config/provider.js';
import { OPENAI_RESPONSE_HEADERS } from '../../openai/response.headers.js';

/** What a page may read of an answer beside what it always may (Fetch standard, "CORS-safelisted response-header name"). */
const EXPOSED = ['x-proxy-request-id', 'x-proxy-error', ...OPENAI_RESPONSE_HEADERS].join(', ');

const CORS = Symbol('llm-proxy:cors');
export type CorsHeaders = Record<string, string>;
type Carrier = IncomingMessage & { [CORS]?: CorsHeaders | undefined };

const headersFor = (origin: string): CorsHeaders => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': EXPOSED,
  vary: 'Origin',
});

/** The answer depends on the origin all the same: a cache must not show this one to a page. */
const FOR_NO_PAGE: CorsHeaders = { vary: 'Origin' };

/** What the answer to a request carries for the page that made it; undefined for none. */
export const corsOf = (request: IncomingMessage): CorsHeaders | undefined => (request as Carrier)[CORS];

/** Cross-origin answers as configured by `allowed_origins` and never wider; without it there are none. */
@Injectable()
export class Cors {
  /** The providers that pages may use; undefined when there are none, the common case. */
  readonly providers: readonly Provider[] | undefined;

  constructor({ providers }: AppConfig) {
    const open = providers.all.filter(({ policy }) => policy?.origins);
    this.providers = open.length > 0 ? open : undefined;
  }

  /** Before the token is known: a page of any provider may read why it was refused. */
  greet(request: IncomingMessage): void {
    if (!this.providers) return;
    const { origin } = request.headers;
    const isKnown = this.providers.some(({ policy }) => policy!.origins!.has(origin ?? ''));
    (request as Carrier)[CORS] = isKnown ? headersFor(origin!) : FOR_NO_PAGE;
  }

  /** Once the token's provider is known, only that one's pages count. */
  settle(request: IncomingMessage, policy: ProviderPolicy | undefined): void {
    if (corsOf(request) === undefined) return;
    if (!policy?.origins) (request as Carrier)[CORS] = undefined;
    else if (!policy.origins.has(request.headers.origin ?? '')) (request as Carrier)[CORS] = FOR_NO_PAGE;
  }
}

/** The upstream's headers with our word on who may read them in place of its own. */
export function withCors(headers: readonly string[], cors: CorsHeaders): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2)
    if (!headers[i]!.toLowerCase().startsWith('access-control-')) kept.push(headers[i]!, headers[i + 1]!);
  return [...kept, ...Object.entries(cors).flat()];
}
