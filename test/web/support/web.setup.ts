import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { provideServices, SERVICES, type ServiceName } from '../../support/services.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The address of the one browser of the run; null when the machine has none. */
    browser: string | null;
  }
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** One browser for all tests of the web interface, and the fronts that some of them stand behind. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let path: string | null = null;
  const { chromium: browser, nginx, haproxy } = SERVICES;
  const stopServices = await provideServices(
    { chromium: browser, nginx, haproxy },
    {
      environment: process.env,
      provide: (name, value) => {
        if (name === 'chromium') path = value;
        project.provide(name as ServiceName, value);
      },
      print: (line) => void process.stderr.write(line),
    },
  );
  const server = path === null ? null : await chromium.launchServer({ executablePath: path, args: ARGUMENTS });
  project.provide('browser', server?.wsEndpoint() ?? null);
  return async () => {
    await server?.close();
    await stopServices();
  };
}
