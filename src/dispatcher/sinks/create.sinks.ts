import type { DispatcherConfig, SinkName } from '../../config/values/dispatcher.config.js';
import type { EventSink } from './event.sink.js';
import { FileSink } from './file.sink.js';
import { HeliconeSink } from './helicone.sink.js';
import { LunarySink } from './lunary.sink.js';
import { OtlpSink } from './otlp.sink.js';
import { WebhookSink } from './webhook.sink.js';

/** The sinks that `services` names. The configuration has the settings of each: it is refused otherwise. */
export const createSinks = (config: DispatcherConfig): EventSink[] =>
  config.services.map((name) => CREATE[name](config));

const CREATE: Record<SinkName, (config: DispatcherConfig) => EventSink> = {
  file: ({ file, format }) => new FileSink(file!, format),
  webhook: ({ webhook, format, proxies }) => new WebhookSink(webhook!, format, proxies),
  otlp: ({ otlp, proxies }) => new OtlpSink(otlp!, proxies),
  lunary: ({ lunary, proxies }) => new LunarySink(lunary!, proxies),
  helicone: ({ helicone, proxies }) => new HeliconeSink(helicone!, proxies),
};
