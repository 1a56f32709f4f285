import type { AppConfig } from '../../config/app.config.js';
import type { Provider } from '../../config/provider.js';

/** Milliseconds; of the exchange as a whole and of its silences. */
export interface RelayLimits {
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxDurationMs: number;
  readonly clientStallMs: number;
  /** 0 = no limit. */
  readonly maxRequestBytes: number;
}

/** The deadlines of exchanges with each provider, requests and sockets alike. */
export type LimitsByProvider = ReadonlyMap<Provider, RelayLimits>;

export const relayLimits = ({ providers, client }: AppConfig): LimitsByProvider =>
  new Map(
    providers.all.map((provider) => {
      const { headersTimeoutMs, idleTimeoutMs, maxDurationMs } = provider.deadlines;
      const { stallTimeoutMs: clientStallMs, maxRequestBytes } = client;
      return [provider, { headersTimeoutMs, idleTimeoutMs, maxDurationMs, clientStallMs, maxRequestBytes }];
    }),
  );
