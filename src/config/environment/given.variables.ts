import { VARIABLES } from './environment.js';
import { readSecretFiles, SECRET_FILE_VARIABLES, withoutLineEnds } from './secret.files.js';
import type { Variables } from '../values/variables.js';

/** The names that this program reads. */
export const KNOWN_NAMES: readonly string[] = [...VARIABLES, ...SECRET_FILE_VARIABLES];
const TRIMMED = new Set([...KNOWN_NAMES, 'PORT']);
const MAX_PORT = 65_535;

/** The variables that have a value: Compose files and charts set the others to the empty text. */
export function withValue(variables: Variables): Variables {
  const given: Variables = {};
  for (const [name, value = ''] of Object.entries(variables)) {
    const text = TRIMMED.has(name) ? withoutLineEnds(value) : value;
    if (text !== '') given[name] = text;
  }
  return given;
}

/** The variables with secrets read from their files, and with what `PORT` and `DATABASE_URL` imply. A second call changes nothing. */
export function givenVariables(all: Variables): { variables: Variables; problems: string[] } {
  const variables = withValue(all);
  const problems = readSecretFiles(variables);
  const { PORT: port } = variables;
  if (port !== undefined && variables['LISTEN_ADDR'] === undefined)
    if (isPort(port)) {
      variables['LISTEN_ADDR'] = `:${port}`;
      delete variables['PORT'];
    } else problems.push(`PORT must be a port up to ${MAX_PORT}, or LISTEN_ADDR must be set`);
  const driver = driverOf(variables['DATABASE_URL']);
  if (driver !== undefined) variables['DB_DRIVER'] ??= driver;
  return { variables, problems };
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT;

const DRIVERS: Record<string, string> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
};

/** The driver that the scheme of a URL implies. */
export const driverOf = (url: string | undefined): string | undefined =>
  DRIVERS[/^([a-z]+):/i.exec(url ?? '')?.[1]?.toLowerCase() ?? ''];
