/** A number of units at a price each. */
export interface Charge {
  /** Not negative. Only seconds have a fraction; it counts to the millionth. */
  readonly count: number;
  /** Whole pico-dollars a unit. */
  readonly picoUsd: number;
}

const PICO_IN_NANO = 1000;
const MILLIONTHS = 1_000_000;

/** The sum in whole nano-dollars, rounded up once. Undefined when it is 2⁵³ or more, which is nine million dollars. */
export function nanoUsdOf(charges: readonly Charge[]): number | undefined {
  let sum = 0;
  for (const { count, picoUsd } of charges) sum += Number.isInteger(count) ? count * picoUsd : Number.POSITIVE_INFINITY;
  return Number.isSafeInteger(sum) ? roundedUp(sum) : exactly(charges);
}

/** Without a division, whose result may lack the last digits. */
function roundedUp(pico: number): number {
  const rest = pico % PICO_IN_NANO;
  return (pico - rest) / PICO_IN_NANO + (rest > 0 ? 1 : 0);
}

/** The same for sums that a number cannot hold exactly, and for fractions. */
function exactly(charges: readonly Charge[]): number | undefined {
  const scale = BigInt(MILLIONTHS);
  const millionths = charges.reduce((sum, charge) => sum + millionthsOf(charge.count) * BigInt(charge.picoUsd), 0n);
  const unit = scale * BigInt(PICO_IN_NANO);
  const nano = (millionths + unit - 1n) / unit;
  return nano <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(nano) : undefined;
}

const millionthsOf = (count: number): bigint =>
  Number.isInteger(count) ? BigInt(count) * BigInt(MILLIONTHS) : BigInt(Math.round(count * MILLIONTHS));
