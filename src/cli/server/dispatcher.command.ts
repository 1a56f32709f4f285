import { Command, Option } from 'nest-commander';
import type { Variables } from '../../config/values/variables.js';
import { envVariables } from '../environment/env.variables.js';
import { EnvironmentCommand, type EnvironmentOptions } from '../environment/environment.command.js';

export interface DispatcherFlags extends EnvironmentOptions {
  service?: string;
  endpoint?: string;
  apiKey?: string;
  batchSize?: string;
  logLevel?: string;
}

/** The variable of a sink's endpoint. */
const ENDPOINTS: Record<string, string> = {
  file: 'SINK_FILE_PATH',
  webhook: 'SINK_WEBHOOK_URL',
  otlp: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  lunary: 'SINK_LUNARY_ENDPOINT',
  helicone: 'SINK_HELICONE_ENDPOINT',
};
const KEYS: Record<string, string> = {
  webhook: 'SINK_WEBHOOK_SECRET',
  lunary: 'SINK_LUNARY_API_KEY',
  helicone: 'SINK_HELICONE_API_KEY',
};

/** A flag takes precedence over every variable of the same meaning. With several sinks the variables of one are refused. */
export function dispatcherVariables(variables: Variables, flags: DispatcherFlags): Variables {
  const service = flags.service ?? (variables['DISPATCHER_SERVICES'] || variables['DISPATCHER_SERVICE'] || '');
  const given = {
    DISPATCHER_SERVICES: flags.service,
    DISPATCHER_BATCH_SIZE: flags.batchSize,
    DATABASE_PATH: flags.db,
    LOG_LEVEL: flags.logLevel,
    [ENDPOINTS[service] ?? 'DISPATCHER_ENDPOINT']: flags.endpoint,
    [KEYS[service] ?? 'LLM_PROXY_API_KEY']: flags.apiKey,
  };
  return { ...variables, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

@Command({ name: 'dispatcher', description: 'deliver events to sinks, without a server, until SIGTERM or Ctrl-C' })
export class DispatcherCommand extends EnvironmentCommand {
  override readonly examples: readonly string[] = [
    'dispatcher --service file --endpoint /var/log/llm-proxy/events.jsonl',
    'dispatcher --service webhook,otlp --env /etc/llm-proxy.env',
  ];
  protected override readonly docs = 'docs/observability/sinks.md';

  async run(_: string[], options: DispatcherFlags): Promise<void> {
    // Loaded here: help and usage errors need no database driver.
    const { dispatch } = await import('../../process/dispatcher.process.js');
    await dispatch(dispatcherVariables(envVariables(options.env), options));
  }

  @Option({ flags: '--service <names>', description: 'sinks, comma-separated; overrides DISPATCHER_SERVICES' })
  parseService(value: string): string {
    return value;
  }

  @Option({ flags: '--endpoint <url>', description: 'with one sink: its URL, or the path of its file' })
  parseEndpoint(value: string): string {
    return value;
  }

  @Option({
    flags: '--api-key <key>',
    description: 'with one sink: its key; other users can see arguments, so LLM_PROXY_API_KEY is safer',
  })
  parseApiKey(value: string): string {
    return value;
  }

  @Option({ flags: '--batch-size <n>', description: 'events in one request; overrides DISPATCHER_BATCH_SIZE' })
  parseBatchSize(value: string): string {
    return value;
  }

  @Option({ flags: '--log-level <level>', description: 'overrides LOG_LEVEL: trace, debug, info, warn, error, silent' })
  parseLogLevel(value: string): string {
    return value;
  }
}
