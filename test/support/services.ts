import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** A service that was found. `value` is what tests get (a path, a URL); `stop` ends it if the run had to start it. */
export interface FoundService {
  value: string;
  stop?: () => Promise<void>;
}

/** Something the tests need that npm does not bring. One more entry in `SERVICES` is all a new one takes. */
export interface ServiceEntry {
  /** Null when the machine has none. Throws when the environment names one that does not work. */
  find(environment: Environment): FoundService | null | Promise<FoundService | null>;
  /** The sentence that tells a reader how to get it. */
  install: string;
}

export const SERVICES = {
  chromium: {
    find: findChromium,
    install: 'Debian and Ubuntu: apt-get install chromium; elsewhere set CHROMIUM_PATH to a Chromium or Chrome binary',
  },
  nginx: {
    find: (environment) => findProgram('nginx', environment),
    install: 'Debian and Ubuntu: apt-get install nginx-light; elsewhere put nginx on the PATH',
  },
  haproxy: {
    find: (environment) => findProgram('haproxy', environment),
    install: 'Debian and Ubuntu: apt-get install haproxy; elsewhere put haproxy on the PATH',
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
  const found: FoundService[] = [];
  const missing: string[] = [];
  for (const [name, entry] of Object.entries(services)) {
    const service = await entry.find(run.environment);
    if (service === null) missing.push(`NOT TESTED, service missing: ${name} (${entry.install})`);
    else found.push(service);
    run.provide(name, service?.value ?? null);
  }
  const stop = async (): Promise<void> => {
    for (const service of found.toReversed()) await service.stop?.();
  };
  if (missing.length > 0 && run.environment.CI === 'true') {
    await stop();
    throw new Error(missing.join('\n'));
  }
  for (const line of missing) run.print(`\n${line}\n`);
  return stop;
}

/** `CHROMIUM_PATH`, else the first of the usual names on the PATH. */
export function findChromium(environment: Environment): FoundService | null {
  const named = environment.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) throw new Error(`CHROMIUM_PATH names no executable file: ${named}`);
    return { value: named };
  }
  return firstOf(['chromium', 'google-chrome'], ['/usr/bin', ...pathOf(environment)]);
}

/** A server program: on the PATH, or where Debian puts those, which a user's PATH may lack. */
function findProgram(name: string, environment: Environment): FoundService | null {
  return firstOf([name], [...pathOf(environment), '/usr/sbin']);
}

function firstOf(names: readonly string[], folders: readonly string[]): FoundService | null {
  const path = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  return path === undefined ? null : { value: path };
}

function pathOf({ PATH = '' }: Environment): string[] {
  return PATH.split(delimiter).filter((folder) => folder !== '');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
