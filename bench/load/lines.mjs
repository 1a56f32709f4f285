import { Line } from './line.mjs';

/** Open connections by port, kept between measurements: opening them is not what is measured. */
const kept = new Map();

/** Exactly `count` open connections to a port. */
export async function lines(port, count) {
  const open = (kept.get(port) ?? []).filter(({ isOpen }) => isOpen);
  for (const line of open.splice(count)) line.close();
  const missing = count - open.length;
  const all = [...open, ...(await Promise.all(Array.from({ length: missing }, async () => Line.open(port))))];
  kept.set(port, all);
  return [...all];
}
