import type { AppConfig } from '../../config/app.config.js';
import type { Provider } from '../../config/provider/provider.js';

/** Limits of an exchange; times in milliseconds. */
export interface RelayLimits {
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxDurationMs: number;
  /** How long a WebSocket may be without a frame; Infinity = no limit. */
  readonly webSocketIdleMs: number;
  readonly clientStallMs: number;
  /** 0 = no limit. */
  readonly maxRequestBytes: number;
}

/** The limits by provider, for HTTP and WebSocket alike. */
export type LimitsByProvider = ReadonlyMap<Provider, RelayLimits>;

export const relayLimits = ({ providers, client }: AppConfig): LimitsByProvider =>
  new Map(
    providers.all.map((provider) => {
      const { headersTimeoutMs, idleTimeoutMs, maxDurationMs } = provider.deadlines;
      const { stallTimeoutMs: clientStallMs, maxRequestBytes } = client;
      const webSocketIdleMs = client.webSocketIdleMs || Infinity;
      return [
        provider,
        { headersTimeoutMs, idleTimeoutMs, maxDurationMs, webSocketIdleMs, clientStallMs, maxRequestBytes },
      ];
    }),
  );
