import { Connection } from './connection.mjs';

/** Open connections by port. They stay open between measurements, because opening them is not measured. */
const pool = new Map();

/** Exactly `count` open connections to a port. */
export async function openConnections(port, count) {
  const open = (pool.get(port) ?? []).filter(({ isOpen }) => isOpen);
  for (const connection of open.splice(count)) connection.close();
  const missing = count - open.length;
  const all = [...open, ...(await Promise.all(Array.from({ length: missing }, async () => Connection.open(port))))];
  pool.set(port, all);
  return [...all];
}
