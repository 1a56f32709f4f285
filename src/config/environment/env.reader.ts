import { ConfigError } from '../values/config.error.js';
import { parseEnvText } from './env.parser.js';
import { readSmallText } from '../values/text.file.js';
import type { Variables } from '../values/variables.js';

/** The variables of an `.env` file; none when the file does not exist. Throws ConfigError with one line for each line that is not understood. */
export function readEnvFile(path: string): Variables {
  const { variables, problems } = parseEnvText(envText(path) ?? '');
  if (problems.length === 0) return variables;
  throw new ConfigError(problems.map(({ line, message }) => `${path} line ${line}: ${message}`));
}

function envText(path: string): string | undefined {
  try {
    return readSmallText(path);
  } catch (error) {
    throw new ConfigError([`${path}: ${(error as Error).message}`]);
  }
}
