const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** A duration by its two largest units: `3 d 4 h`. Below one second it is `0 s`. */
export function span(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000) * 1000;
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  const [largest, second] = UNITS.slice(first);
  const [unit, size] = largest!;
  const text = `${Math.floor(seconds / size)} ${unit}`;
  const rest = second === undefined ? 0 : Math.floor((seconds % size) / second[1]);
  return rest === 0 ? text : `${text} ${rest} ${second![0]}`;
}

/** The largest unit alone: `4 h`. */
export const shortSpan = (milliseconds: number): string => span(milliseconds).split(' ').slice(0, 2).join(' ');

/** For a clock of whole minutes, which is up to one behind: no seconds. */
export const minutesSpan = (milliseconds: number): string =>
  milliseconds < 60_000 ? 'under 1 m' : span(Math.floor(milliseconds / 60_000) * 60_000);
