import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Only Linux shows the CPU time and the memory of another process. */
export const canMeasure = existsSync('/proc/self/task');

const TICK_NANOS = 10_000_000;

/** The text of a file; empty when its process has ended. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of /proc/…/stat from the third on. The second is a name that may contain spaces and brackets. */
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

/** The CPU time of all threads of these processes in nanoseconds; NaN on other platforms. */
export function cpuNanos(pids) {
  if (!canMeasure) return Number.NaN;
  return pids.reduce((total, pid) => total + processNanos(pid), 0);
}

/** The exact time of the scheduler or, without it, the time in steps of 10 ms. */
function processNanos(pid) {
  const tasks = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : [];
  const onCpu = tasks.map((task) => Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]));
  const exact = onCpu.reduce((total, nanos) => total + nanos, 0);
  if (exact > 0) return exact;
  const [user = 0, system = 0] = statOf(`/proc/${pid}/stat`).slice(11, 13).map(Number);
  return (user + system) * TICK_NANOS;
}

/** The busy time of a core in nanoseconds, in steps of 10 ms; NaN on other platforms. */
export function coreBusyNanos(core) {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(read('/proc/stat'));
  if (!line) return Number.NaN;
  const [user, nice, system, , , irq, softirq, steal] = line[1].split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_NANOS;
}

/** The resident memory of these processes in bytes, current (`VmRSS`) or peak (`VmHWM`); NaN on other platforms. */
export function memoryBytes(pids, name) {
  if (!canMeasure) return Number.NaN;
  const kib = pids.map((pid) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(read(`/proc/${pid}/status`))?.[1] ?? 0));
  return kib.reduce((total, value) => total + value, 0) * 1024;
}
