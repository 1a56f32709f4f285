import type { Figures, ToolFigures } from '../usage/usage.record.js';

export interface Priced {
  /** Whole nano-dollars, rounded up once. */
  readonly nanoUsd: number;
  /** The newest date in the price list that the price was taken from, such as `2026-11-20`. */
  readonly version: string;
}

/** What a call costs by the price list of its day. */
export abstract class PriceCatalogue {
  /**
   * Undefined when the model, its tier or a figure that is billed has no price: such a call is unpriced, which is not free.
   * `at` is in milliseconds since the epoch: a call is priced by the rows of its own UTC day.
   */
  abstract cost(
    call: { readonly model: string; readonly tier: string; readonly figures: Figures; readonly tools?: ToolFigures },
    at: number,
  ): Priced | undefined;

  /** The name of the price list that covers a model: `gpt-5.6-terra` for `gpt-5.6-terra-2026-08-01`; undefined when none does. */
  abstract nameOf(model: string): string | undefined;

  /** The newest date in the whole list. */
  abstract readonly asOf: string;
}
