import { describe, expect, it } from 'vitest';
import { secretProblem } from './secret.problem.js';
import { newSecret } from './token.secret.js';

describe(secretProblem.name, () => {
  const secret = newSecret();
  const wrong = secret.slice(0, 20) + (secret[20] === 'a' ? 'b' : 'a') + secret.slice(21);

  it.each([
    ['sk-proj-0123456789abcdef', /key for api\.openai\.com/],
    ['sk-0123456789abcdef', /key for api\.openai\.com/],
    ['sk-op-0123456789abcdef', /credential of an operator/],
    ['sk-ant-api03-0123456789', /another model provider/],
    ['eyJhbGciOiJIUzI1NiJ9.e30.x', /JSON Web Token/],
    ['undefined', /placeholder/],
    ['$OPENAI_API_KEY', /placeholder/],
    ['rZ8w0pXk2m1Qv7', /management token/],
    [secret.slice(0, -1), /43 characters instead of 44/],
    [`${secret}x`, /45 characters instead of 44/],
    [wrong, /a character of it is wrong/],
  ])('names the kind of %s and repeats nothing', (text, words) => {
    expect(secretProblem(text)).toMatch(words);
    expect(secretProblem(text)).not.toContain(text);
  });
});
