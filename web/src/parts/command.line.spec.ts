import { describe, expect, it } from 'vitest';
import { cliLine, curlCall, curlLine, word } from './command.line';

describe('word', () => {
  it.each([
    ['gpt-4o', 'gpt-4o'],
    ['2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ['two words', "'two words'"],
    ['$(id)', "'$(id)'"],
    ["o'clock", String.raw`'o'\''clock'`],
    ['', "''"],
  ])('%j is %s', (text, expected) => {
    expect(word(text)).toBe(expected);
  });
});

describe('a command', () => {
  it('of llm-proxy leaves out what is not set', () => {
    expect(cliLine('manage usage', { group_by: 'model', model: undefined, top: 7 })).toBe(
      'llm-proxy manage usage --group-by model --top 7',
    );
  });

  it('of curl has the token as a variable, and each parameter encoded by curl', () => {
    expect(curlLine('/manage/audit', { search: 'a & b', page: undefined })).toBe(
      'curl -G "$LLM_PROXY_URL/manage/audit" \\\n  -H "Authorization: Bearer $MANAGEMENT_TOKEN" \\\n' +
        "  --data-urlencode 'search=a & b'",
    );
  });

  it('of curl has the body as one word, and leaves variables to the shell', () => {
    expect(curlCall('DELETE', '/manage/tokens/a?wait=replicas')).toBe(
      'curl -X DELETE "$LLM_PROXY_URL/manage/tokens/a?wait=replicas" \\\n  -H "Authorization: Bearer $MANAGEMENT_TOKEN"',
    );
    expect(curlCall('POST', '/manage/projects', { name: "ana's", api_key: '$OPENAI_API_KEY' })).toBe(
      'curl -X POST "$LLM_PROXY_URL/manage/projects" \\\n  -H "Authorization: Bearer $MANAGEMENT_TOKEN" \\\n' +
        String.raw`  -H "Content-Type: application/json" -d '{"name":"ana'\''s","api_key":"'"$OPENAI_API_KEY"'"}'`,
    );
  });
});
