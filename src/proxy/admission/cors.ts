import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { Exchange } from '../../http/exchange.js';
import type { Provider, ProviderPolicy } from '../../config/provider/provider.js';
import { OPENAI_RESPONSE_HEADERS } from '../../openai/response.headers.js';

/** What a page may read of an answer beside what it always may (Fetch standard, "CORS-safelisted response-header name"). */
const EXPOSED = ['x-proxy-request-id', 'x-proxy-error', ...OPENAI_RESPONSE_HEADERS];
/** With TOKEN_HEADERS. */
const OF_THE_TOKEN = ['x-proxy-token-expires-at', 'x-proxy-token-remaining'];

export type CorsHeaders = Record<string, string>;

const headersFor = (origin: string, exposed: string): CorsHeaders => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': exposed,
  vary: 'Origin',
});

/** The response depends on the origin: a cache must not give this one to a page. */
const FOR_NO_PAGE: CorsHeaders = { vary: 'Origin' };

/** Cross-origin responses as `allowed_origins` configures them, never wider; without it there are none. */
@Injectable()
export class Cors {
  /** The providers that pages may use; undefined when there are none, the common case. */
  readonly providers: readonly Provider[] | undefined;

  private readonly exposed: string;

  constructor({ providers, token: { headers } }: AppConfig) {
    this.exposed = [...EXPOSED, ...(headers ? OF_THE_TOKEN : [])].join(', ');
    const open = providers.all.filter(({ policy }) => policy?.origins);
    this.providers = open.length > 0 ? open : undefined;
  }

  /** Before the token is known: an allowed page of any provider may read why it was refused. */
  allow(exchange: Exchange): void {
    if (!this.providers) return;
    const { origin } = exchange.request.headers;
    const isKnown = this.providers.some(({ policy }) => policy!.origins!.has(origin ?? ''));
    exchange.cors = isKnown ? headersFor(origin!, this.exposed) : FOR_NO_PAGE;
  }

  /** Once the token's provider is known, only the pages that it allows count. */
  narrow(exchange: Exchange, policy: ProviderPolicy | undefined): void {
    if (exchange.cors === undefined) return;
    if (!policy?.origins) exchange.cors = undefined;
    else if (!policy.origins.has(exchange.request.headers.origin ?? '')) exchange.cors = FOR_NO_PAGE;
  }
}

/** The upstream's headers with this proxy's CORS headers in place of the upstream's own. */
export function withCors(headers: readonly string[], cors: CorsHeaders): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2)
    if (!headers[i]!.toLowerCase().startsWith('access-control-')) kept.push(headers[i]!, headers[i + 1]!);
  return [...kept, ...Object.entries(cors).flat()];
}
