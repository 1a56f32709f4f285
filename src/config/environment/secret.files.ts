import { FILE_VARIABLES } from './environment.js';
import { readSmallText } from '../values/text.file.js';
import type { Variables } from '../values/variables.js';

/** `<secret>_FILE` names a file with the value of the secret, as Docker and Kubernetes mount it. */
export const fileVariable = (secret: string): string => `${secret}_FILE`;

export const SECRET_FILE_VARIABLES: readonly string[] = FILE_VARIABLES.map(fileVariable);

/** Editors, `echo` and `openssl` end a file with a line end that is no part of the secret. */
export const withoutLineEnds = (text: string): string => text.replace(/[\r\n]+$/, '');

/**
 * Replaces each `…_FILE` variable by the secret that its file has. Returns one line for each that is refused, with its name;
 * it stays as it is.
 */
export function readSecretFiles(variables: Variables): string[] {
  return FILE_VARIABLES.flatMap((secret) => {
    const name = fileVariable(secret);
    const path = variables[name];
    if (path === undefined) return [];
    if (variables[secret] !== undefined) return [`${secret} and ${name} are both set: remove one of them`];
    try {
      variables[secret] = secretIn(path);
      delete variables[name];
      return [];
    } catch (error) {
      return [`${name}: the file ${path} ${(error as Error).message}`];
    }
  });
}

function secretIn(path: string): string {
  const text = readSmallText(path);
  if (text === undefined) throw new Error('does not exist');
  const secret = withoutLineEnds(text);
  if (secret === '') throw new Error('is empty');
  return secret;
}
