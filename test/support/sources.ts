import { globSync, readFileSync } from 'node:fs';

/** All text that the program may print: its sources without their tests, the launcher, and the compose file. */
export const sources = (): string =>
  globSync(['src/**/*.ts', 'bin/*', 'docker-compose.yml'])
    .filter((path) => !path.endsWith('.spec.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
