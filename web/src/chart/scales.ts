import type { scaleBand, scaleLinear } from '@visx/scale';

/** Time, by RFC 3339. */
export type TimeScale = ReturnType<typeof scaleBand<string>>;
export type ValueScale = ReturnType<typeof scaleLinear<number>>;
