import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../config/app.config.js';
import { openPrices } from '../../config/prices/price.loader.js';

/** The newest date of the price list. */
@Injectable()
export class PriceDate {
  private readonly logger = new Logger(PriceDate.name);
  private found: string | undefined;

  constructor(private readonly config: AppConfig) {}

  /** Null when the file of PRICES_PATH has changed since the start and cannot be read. The first call reads files. */
  get asOf(): string | null {
    try {
      this.found ??= openPrices(this.config.prices.path).asOf;
      return this.found;
    } catch (error) {
      this.logger.warn({ msg: 'the price list cannot be read', err: error });
      return null;
    }
  }
}
