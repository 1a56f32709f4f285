import type { TestProject } from 'vitest/node';
import { SERVICES, provideServices, type ServiceName } from './services.js';

/** Runs once before all tests; what it gives back runs once after them. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return provideServices(SERVICES, {
    environment: process.env,
    provide: (name, value) => project.provide(name as ServiceName, value),
    print: (line) => void process.stderr.write(line),
  });
}
