import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Only Linux tells the CPU time and the memory of another process. */
export const canMeasure = existsSync('/proc/self/task');

const TICK_NANOS = 10_000_000;

/** What vanished meanwhile has nothing to say. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of /proc/…/stat from the third on: the second is a name, and may hold spaces and brackets. */
const statOf = (path) => read(path).split(') ').at(-1).split(' ');

/** A process and all its descendants. */
export function treeOf(root) {
  const tree = [root];
  if (!canMeasure) return tree;
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = all.map((pid) => [Number(pid), Number(statOf(`/proc/${pid}/stat`)[1])]);
  for (const parent of tree) for (const [pid, of] of parents) if (of === parent) tree.push(pid);
  return tree;
}

/** Nanoseconds on the CPU of all threads of all these processes; NaN where nobody tells. */
export function cpuNanos(pids) {
  if (!canMeasure) return Number.NaN;
  return pids.reduce((total, pid) => total + processNanos(pid), 0);
}

/** The scheduler's own account; without it the clock's, in steps of 10 ms. */
function processNanos(pid) {
  const tasks = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : [];
  const onCpu = tasks.map((task) => Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]));
  const exact = onCpu.reduce((total, nanos) => total + nanos, 0);
  if (exact > 0) return exact;
  const [user = 0, system = 0] = statOf(`/proc/${pid}/stat`).slice(11, 13).map(Number);
  return (user + system) * TICK_NANOS;
}

/** Nanoseconds in which a core did anything at all, in steps of 10 ms. */
export function coreBusyNanos(core) {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(read('/proc/stat'));
  if (!line) return Number.NaN;
  const [user, nice, system, , , irq, softirq, steal] = line[1].split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_NANOS;
}

/** Bytes resident now (`VmRSS`) or at the highest (`VmHWM`), of all these processes; NaN where nobody tells. */
export function memoryBytes(pids, name) {
  if (!canMeasure) return Number.NaN;
  const kib = pids.map((pid) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(read(`/proc/${pid}/status`))?.[1] ?? 0));
  return kib.reduce((total, value) => total + value, 0) * 1024;
}
