import { afterEach, beforeEach, vi } from 'vitest';
import { scratch } from './cli.run.js';

/** Every test of the file runs in an empty folder, without the variables of a first start. */
export function inEmptyFolder(): void {
  const before = process.cwd();
  let files: ReturnType<typeof scratch>;
  beforeEach(() => {
    files = scratch();
    process.chdir(files.path('.'));
    for (const name of ['MANAGEMENT_TOKEN', 'LISTEN_ADDR', 'NODE_ENV', 'PORT', 'DATABASE_PATH', 'DATABASE_URL'])
      vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    process.chdir(before);
    files.remove();
    vi.unstubAllEnvs();
  });
}
