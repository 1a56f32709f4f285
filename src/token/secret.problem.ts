import { PREFIX, SECRET_LENGTH } from './token.secret.js';

/** What the credentials of others begin with. Whole sentences, so that a search for one finds it. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^sk-ant-/, 'it is a key of another model provider; use the token that begins with sk-wt-'],
  [
    /^sk-op-/,
    'it is the credential of an operator, which works for /manage alone; use the token that begins with sk-wt-',
  ],
  [/^sk-/, 'it is a key for api.openai.com; use the token that begins with sk-wt-'],
  [/^eyJ/, 'it is a JSON Web Token; use the token that begins with sk-wt-'],
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
