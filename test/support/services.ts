import { delimiter, join } from 'node:path';
import { MariadbServer } from './mariadb.server.js';
import type { OwnServer } from './own.server.js';
import { PostgresServer } from './postgres.server.js';
import { type Environment, findProgram, isExecutable } from './programs.js';
import { RedisServer } from './redis.server.js';

/** A service that was found. `value` is what tests get (a path, a URL); `stop` ends it if the run had to start it. */
export interface FoundService {
  value: string;
  stop?: () => Promise<void>;
}

/** Something the tests need that npm does not bring. One more entry in `SERVICES` is all a new one takes. */
export interface ServiceEntry {
  /** Null when the machine has none. Throws when the environment names one that does not work. */
  find(environment: Environment): FoundService | null | Promise<FoundService | null>;
  /** How a reader gets it, in one sentence. */
  install: string;
  /** A run under CI does not fail without it. */
  optional?: boolean;
}

/** Where `.ci/run` installs the generator of Python clients. */
const PYTHON_FOLDER = join(import.meta.dirname, '../../node_modules/.cache/llm-proxy/python/bin');

export const SERVICES = {
  chromium: {
    find: findChromium,
    install: 'Debian and Ubuntu: apt-get install chromium; elsewhere set CHROMIUM_PATH to a Chromium or Chrome binary',
  },
  nginx: {
    find: (environment) => program(['nginx'], environment),
    install: 'Debian and Ubuntu: apt-get install nginx-light; elsewhere put nginx on the PATH',
  },
  haproxy: {
    find: (environment) => program(['haproxy'], environment),
    install: 'Debian and Ubuntu: apt-get install haproxy; elsewhere put haproxy on the PATH',
  },
  pythonClientGenerator: {
    find: ({ PATH = '' }) => program(['openapi-python-client'], { PATH: `${PYTHON_FOLDER}${delimiter}${PATH}` }),
    install: 'pip install openapi-python-client',
    optional: true,
  },
  caddy: {
    find: (environment) => program(['caddy'], environment),
    install: 'Debian and Ubuntu: apt-get install caddy; elsewhere put caddy on the PATH',
  },
  postgres: {
    find: findServer('TEST_POSTGRES_URL', PostgresServer),
    install: 'npm brings it for Linux and macOS; elsewhere put postgres on the PATH or set TEST_POSTGRES_URL',
  },
  mariadb: {
    find: findServer('TEST_MARIADB_URL', MariadbServer),
    install: 'Debian and Ubuntu: apt-get install mariadb-server; elsewhere set TEST_MARIADB_URL',
  },
  redis: {
    find: findServer('TEST_REDIS_URL', RedisServer),
    install: 'Debian and Ubuntu: apt-get install redis-server; elsewhere set TEST_REDIS_URL',
  },
} satisfies Record<string, ServiceEntry>;

export type ServiceName = keyof typeof SERVICES;

declare module 'vitest' {
  /** `inject('chromium')` in a test: its value, or null when the machine has none and the test is to be skipped. */
  export interface ProvidedContext extends Record<ServiceName, string | null> {}
}

export interface ServiceRun {
  environment: Environment;
  provide(name: string, value: string | null): void;
  print(line: string): void;
}

/** Finds every service and hands it to the tests. A missing one is announced; under CI it fails the run. */
export async function provideServices(
  services: Record<string, ServiceEntry>,
  run: ServiceRun,
): Promise<() => Promise<void>> {
  const entries = Object.entries(services);
  // All at once: every run waits for the slowest server, be it a run of one file.
  const searches = await Promise.allSettled(entries.map(async ([, entry]) => entry.find(run.environment)));
  const found = searches.map((search) => (search.status === 'fulfilled' ? search.value : null));
  const stop = async (): Promise<void> => {
    for (const service of found.toReversed()) await service?.stop?.();
  };
  try {
    for (const search of searches) if (search.status === 'rejected') throw search.reason;
    entries.forEach(([name], at) => run.provide(name, found[at]?.value ?? null));
    announce(
      entries.filter((_, at) => found[at] === null),
      run,
    );
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

function announce(missing: readonly [string, ServiceEntry][], { environment, print }: ServiceRun): void {
  const line = ([name, { install }]: [string, ServiceEntry]) => `NOT TESTED, service missing: ${name} (${install})`;
  const required = missing.filter(([, { optional }]) => !optional);
  if (required.length > 0 && environment.CI === 'true') throw new Error(required.map(line).join('\n'));
  for (const entry of missing) print(`\n${line(entry)}\n`);
}

/** `CHROMIUM_PATH`, else the first of the usual names on the PATH. */
export function findChromium(environment: Environment): FoundService | null {
  const named = environment.CHROMIUM_PATH;
  if (named === undefined || named === '') return program(['chromium', 'google-chrome'], environment);
  if (!isExecutable(named)) throw new Error(`CHROMIUM_PATH names no executable file: ${named}`);
  return { value: named };
}

function program(names: readonly string[], environment: Environment): FoundService | null {
  const path = findProgram(names, environment);
  return path === null ? null : { value: path };
}

interface ServerKind {
  isInstalled(): boolean;
  start(): Promise<OwnServer>;
  ping(url: string): Promise<void>;
}

/** The server that the variable names, which must answer; else one started for this run. */
export function findServer(variable: string, kind: ServerKind): ServiceEntry['find'] {
  return async (environment) => {
    const url = environment[variable];
    if (url !== undefined && url !== '') return answering(variable, url, kind);
    if (!kind.isInstalled()) return null;
    const server = await kind.start();
    return { value: server.url, stop: () => server.stop() };
  };
}

async function answering(variable: string, url: string, kind: ServerKind): Promise<FoundService> {
  try {
    await kind.ping(url);
  } catch (cause) {
    throw new Error(`${variable} names a server that does not answer`, { cause });
  }
  return { value: url };
}
