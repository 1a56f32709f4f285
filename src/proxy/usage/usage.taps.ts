import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import type { Exchange } from '../../http/exchange.js';
import type { ExchangeObserver } from '../../http/exchange.observers.js';
import { askedFor } from '../../openai/usage/asked.for.js';
import {
  isEventStream,
  openUsageReader,
  type UsageReader,
  usageWithoutBody,
  usageWithoutResponse,
} from '../../openai/usage/usage.reader.js';
import { plainId } from './plain.id.js';
import { type BodyReader, BodyTaps } from '../relay/body.taps.js';

/** The headers of a response that its usage depends on. */
interface Headers {
  contentType: string | undefined;
  coding: string | undefined;
  requestId: string | undefined;
}

/** Reads what exchanges use, from copies of their bodies. Disabled, it reads nothing and costs nothing. */
@Injectable()
export class UsageTaps implements ExchangeObserver {
  private readonly isEnabled: boolean;

  constructor(config: AppConfig, taps: BodyTaps) {
    this.isEnabled = config.observability.enabled;
    if (!this.isEnabled) return;
    taps.onRequestStart((exchange, piece) => {
      if (exchange.request.method === 'POST') exchange.asked = askedFor(piece);
    });
    taps.onResponse(openReader);
  }

  /** An exchange without a response of the upstream gets its report here, before the observers that send it on. */
  onClosed(exchange: Exchange): void {
    if (!this.isEnabled || exchange.usage || exchange.encoded || exchange.route !== 'proxied') return;
    exchange.usage = usageWithoutResponse(
      { method: exchange.request.method!, path: exchange.path },
      { wasSent: exchange.sentAt !== undefined, clientLeft: exchange.end === 'client' },
    );
  }
}

function openReader(exchange: Exchange, headers: readonly string[]): BodyReader | undefined {
  const { contentType, coding, requestId } = headersOf(headers);
  exchange.upstreamRequestId = requestId;
  exchange.isStream = isEventStream(contentType);
  const call = { method: exchange.request.method!, path: exchange.path, status: exchange.status!, contentType };
  const known = usageWithoutBody(call);
  if (known) exchange.usage = known;
  return known ? undefined : new UsageTap(exchange, openUsageReader(call, coding));
}

/** Pieces of a response are private copies, and most cost the reader less than a turn of the event loop. */
class UsageTap implements BodyReader {
  readonly isQuick = true;

  constructor(
    private readonly exchange: Exchange,
    private readonly reader: UsageReader,
  ) {}

  read(piece: Buffer): void {
    this.reader.push(piece);
  }

  end(isWhole: boolean): void {
    const { exchange } = this;
    // An exchange that nothing else has ended yet was left by its client.
    const clientLeft = !isWhole && (exchange.end === undefined || exchange.end === 'client');
    const result = this.reader.end(isWhole, clientLeft);
    if ('coding' in result) exchange.encoded = result;
    else exchange.usage = result;
  }
}

function headersOf(list: readonly string[]): Headers {
  const headers: Headers = { contentType: undefined, coding: undefined, requestId: undefined };
  for (let i = 0; i < list.length; i += 2) {
    const { length } = list[i]!;
    if (length !== 12 && length !== 16) continue;
    const name = list[i]!.toLowerCase();
    const value = list[i + 1]!;
    if (name === 'content-type') headers.contentType ??= value;
    else if (name === 'content-encoding')
      headers.coding = headers.coding === undefined ? value : `${headers.coding},${value}`;
    else if (name === 'x-request-id') headers.requestId ??= plainId(value);
  }
  return headers;
}
