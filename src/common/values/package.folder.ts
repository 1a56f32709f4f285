import { existsSync } from 'node:fs';

/** The folder of package.json, found from the sources, from what the compiler made of them and from the bundle. */
export const PACKAGE_FOLDER: URL = ['../../', '../../../', '../../../../']
  .map((above) => new URL(above, import.meta.url))
  .find((folder) => existsSync(new URL('package.json', folder)))!;
