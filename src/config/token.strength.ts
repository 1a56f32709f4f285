import { ownCommand } from '../common/values/own.command.js';

const MIN_LENGTH = 32;
const MIN_DISTINCT_CHARACTERS = 10;
const PLACEHOLDER = /change.?me|secret|password|example|your[-_ ]|replace/i;

/** Why a management token is too weak for production; undefined when it is strong enough. */
export function tokenWeakness(token: string): string | undefined {
  const weakness = weaknessOf(token);
  return weakness && `${weakness}: generate one with \`${ownCommand('setup')}\``;
}

function weaknessOf(token: string): string | undefined {
  if (PLACEHOLDER.test(token)) return 'is a placeholder';
  if (token.length < MIN_LENGTH) return `is shorter than ${MIN_LENGTH} characters`;
  return new Set(token).size < MIN_DISTINCT_CHARACTERS ? 'is not random' : undefined;
}
