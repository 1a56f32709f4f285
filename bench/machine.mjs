import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release } from 'node:os';
import { canMeasure } from './process.tree.mjs';

/** The measured server has a core of its own. The load generator and the upstream share the other. */
export const PROXY_CORE = 0;
export const LOAD_CORE = 1;

/** The output of a program; undefined when it cannot be run. */
function outputOf(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch {
    return undefined;
  }
}

export const canPin = availableParallelism() >= 2 && outputOf('taskset', '--version') !== undefined;

/** A command line that runs on one core, where the platform allows it. taskset executes the program, which keeps its pid. */
export const pinned = (core, command, args) =>
  canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];

/** Moves this process and its unpinned children to the core of the load. */
export function leaveProxyCore() {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });
}

/** Debian installs nginx in a folder that a user's PATH may lack. */
export const nginxProgram = ['nginx', '/usr/sbin/nginx'].find((name) => outputOf(name, '-V') !== undefined);

/** The most open files of a process: the hard limit, because Node raises the soft limit to it. */
export function fileLimit() {
  try {
    return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

const packageVersion = (name) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** The properties of this machine that a reader of the figures needs to know. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    undici: packageVersion('undici'),
    nest: packageVersion('@nestjs/core'),
    fastify: packageVersion('fastify'),
    nginx: nginxProgram === undefined ? 'not installed' : nginxVersion(),
    pinned: canPin ? `proxies to core ${PROXY_CORE}, load and upstream to core ${LOAD_CORE}` : 'no',
    cpuTime: canMeasure ? 'from the scheduler, for all threads and children' : 'not available on this platform',
    openFiles: fileLimit(),
  };
}

/** nginx prints its version to stderr. */
function nginxVersion() {
  return outputOf('sh', '-c', `${nginxProgram} -v 2>&1`)?.trim().replace('nginx version: nginx/', '') ?? 'installed';
}
