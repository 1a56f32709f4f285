import { PREFIX, SECRET_LENGTH } from './token.secret.js';

const USE_OURS = `use the token that begins with ${PREFIX}`;
/** What the credentials of others begin with. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^sk-ant-/, `it is a key of another model provider; ${USE_OURS}`],
  [/^sk-/, `it is a key for api.openai.com; ${USE_OURS}`],
  [/^eyJ/, `it is a JSON Web Token; ${USE_OURS}`],
  [/^(?:undefined|null|none|empty|dummy|your.*|<.*>|\$.*|%.*%)$/i, 'it is a placeholder; set the key of the app'],
];

const UNKNOWN_KIND = `it does not begin with ${PREFIX}; a management token works for /manage alone`;

/** Why a credential cannot be the secret of a token. Never repeats a part of it. */
export function secretProblem(text: string): string {
  if (!text.startsWith(PREFIX)) return OTHERS.find(([form]) => form.test(text))?.[1] ?? UNKNOWN_KIND;
  if (text.length !== SECRET_LENGTH)
    return `it has ${text.length} characters instead of ${SECRET_LENGTH}; copy it again as a whole`;
  return 'a character of it is wrong, as its checksum shows; copy it again';
}
