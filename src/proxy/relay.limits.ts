import type { AppConfig } from '../config/app.config.js';
import type { Provider } from '../config/provider.js';
import type { RelayLimits } from './relay.js';

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
