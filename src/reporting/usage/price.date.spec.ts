import { Logger } from '@nestjs/common';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AppConfig } from '../../config/app.config.js';
import { PriceDate } from './price.date.js';

const dateOf = (path: string | undefined): string | null => new PriceDate({ prices: { path } } as AppConfig).asOf;

describe(PriceDate.name, () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('is the newest date of the list that comes with the program', () => {
    expect(dateOf(undefined)).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('is unknown while the file of PRICES_PATH cannot be read', () => {
    expect(dateOf('/no/such/file.yaml')).toBeNull();
  });
});
