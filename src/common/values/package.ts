import { existsSync, readFileSync } from 'node:fs';

/** The folder of package.json, seen from the sources, from the output of the compiler and from the bundle. */
export const PACKAGE_FOLDER: URL = ['../../', '../../../', '../../../../']
  .map((above) => new URL(above, import.meta.url))
  .find((folder) => existsSync(new URL('package.json', folder)))!;

/** The version in package.json. */
export const { version: VERSION } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_FOLDER), 'utf8')) as {
  version: string;
};
