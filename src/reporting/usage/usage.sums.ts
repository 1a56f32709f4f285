import type { UsageSums } from '../../events/event/event.queries.js';

/** Counts that are added up. Nano-dollars of a year do not fit a number exactly, so that money has a class of its own. */
const COUNTS = [
  'requests',
  'failed',
  'unknown',
  'unpriced',
  'estimated',
  'input',
  'cached',
  'output',
  'reasoning',
  'estimatedInput',
  'estimatedOutput',
] as const;
type Counts = Record<(typeof COUNTS)[number], number>;

/** A sum of nano-dollars, exact up to nine billion dollars. */
export class Money {
  /** Whole micro-dollars. */
  micro = 0;
  /** Nano-dollars beyond them, 0 to 999. */
  nano = 0;

  /** `nanoUsd` is whole and not negative. */
  addNano(nanoUsd: number): void {
    this.plus(Math.floor(nanoUsd / 1000), nanoUsd % 1000);
  }

  add({ micro, nano }: Money): void {
    this.plus(micro, nano);
  }

  /** Whole micro-dollars, rounded to the nearest. */
  get rounded(): number {
    return this.micro + (this.nano >= 500 ? 1 : 0);
  }

  private plus(micro: number, nano: number): void {
    const sum = this.nano + nano;
    this.micro += micro + (sum >= 1000 ? 1 : 0);
    this.nano = sum >= 1000 ? sum - 1000 : sum;
  }
}

/** Sums of some requests. Tokens and cost are those of the provider's figures; estimates are apart. */
export class Sums implements Counts {
  requests = 0;
  failed = 0;
  unknown = 0;
  unpriced = 0;
  estimated = 0;
  input = 0;
  cached = 0;
  output = 0;
  reasoning = 0;
  estimatedInput = 0;
  estimatedOutput = 0;
  readonly cost = new Money();
  readonly estimatedCost = new Money();

  add(other: Sums): void {
    for (const name of COUNTS) this[name] += other[name];
    this.cost.add(other.cost);
    this.estimatedCost.add(other.estimatedCost);
  }

  addRow({ figures, ...row }: UsageSums): void {
    this.requests += row.requests;
    this.failed += row.errors;
    this.unknown += row.unknown;
    this.unpriced += row.unpriced;
    this.estimated += row.estimated;
    this.input += figures.input ?? 0;
    this.cached += figures.cached ?? 0;
    this.output += figures.output ?? 0;
    this.reasoning += figures.reasoning ?? 0;
    this.estimatedInput += row.estimatedInput;
    this.estimatedOutput += row.estimatedOutput;
    this.cost.addNano(row.costNanoUsd);
    this.estimatedCost.addNano(row.estimatedCostNanoUsd);
  }
}

/**
 * Whole micro-dollars of each part, whose sum is `total`. Each is its exact value rounded down or up: the parts with the
 * largest fractions are rounded up (largest remainder). `total` is the exact sum of the parts, rounded down or up.
 */
export function shares(parts: readonly Money[], total: number): number[] {
  const result = parts.map(({ micro }) => micro);
  let missing = total - result.reduce((sum, micro) => sum + micro, 0);
  const byFraction = [...parts.keys()].toSorted((a, b) => parts[b]!.nano - parts[a]!.nano || a - b);
  for (const i of byFraction) {
    if (missing <= 0) break;
    result[i]! += 1;
    missing -= 1;
  }
  return result;
}
