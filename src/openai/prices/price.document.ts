import type { Unit } from './price.units.js';

export const TIERS = ['default', 'flex', 'priority', 'batch', 'scale', 'ultrafast'] as const;
export type Tier = (typeof TIERS)[number];

/** The model whose prices hold for every model that has none of its own: those of hosted tools. */
export const EVERY_MODEL = '*';

/** Prices of one model, in pico-dollars a unit: one line of a price file. */
export interface PriceEntry extends Partial<Record<Unit, number>> {
  readonly model: string;
  /** Absent: `default`. */
  readonly tier?: Tier;
  /** The first UTC day on which the prices hold, such as `2026-07-30`. */
  readonly from: string;
  /** The prices hold for requests with more input tokens than this. Absent: 0, for all requests. */
  readonly above?: number;
}

/** A price file, as YAML or as JSON. */
export interface PriceDocument {
  /** `openai`: the entries follow those of the list that comes with the program. */
  readonly extends?: 'openai';
  /** Other names and patterns (`*` is any text) of a model of the list. Names with a date at their end need none. */
  readonly models?: Readonly<Record<string, readonly string[]>>;
  readonly prices: readonly PriceEntry[];
}
