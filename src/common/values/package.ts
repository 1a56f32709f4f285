import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, seen from the sources, from the output of the compiler and from the bundle. */
export const PACKAGE_FOLDER: URL = ['../../', '../../../', '../../../../']
  .map((above) => new URL(above, import.meta.url))
  .find((folder) => existsSync(new URL('package.json', folder)))!;

/** The program that starts this package. */
export const LAUNCHER = fileURLToPath(new URL('bin/llm-proxy.cjs', PACKAGE_FOLDER));

/** The version in package.json. */
export const { version: VERSION } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_FOLDER), 'utf8')) as {
  version: string;
};
