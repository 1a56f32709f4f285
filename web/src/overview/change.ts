import { count } from '../format/number';

export interface Change {
  isUp: boolean;
  text: string;
}

/** How a figure differs from that of the day before; undefined where there is none to compare with. */
export function changeOf(now: number | null, before: number | null): Change | undefined {
  if (now === null || before === null || before === 0) return undefined;
  const part = now / before - 1;
  return { isUp: part >= 0, text: `${count(Math.round(Math.abs(part) * 100))} %` };
}
