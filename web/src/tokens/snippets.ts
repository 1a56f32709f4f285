/** Examples for an app. They name an environment variable, never the secret. `base` ends with `/v1`. */
export const snippets = (base: string): readonly (readonly [string, string])[] => [
  [
    'curl',
    `curl -N ${base}/chat/completions \\
  -H "Authorization: Bearer $LLM_PROXY_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"gpt-4.1-mini","stream":true,"messages":[{"role":"user","content":"Say hello."}]}'`,
  ],
  [
    'Python',
    `import os
from openai import OpenAI

client = OpenAI(base_url="${base}", api_key=os.environ["LLM_PROXY_TOKEN"])
print(client.responses.create(model="gpt-4.1-mini", input="Say hello.").output_text)`,
  ],
  [
    'Node',
    `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${base}', apiKey: process.env.LLM_PROXY_TOKEN });
const answer = await client.responses.create({ model: 'gpt-4.1-mini', input: 'Say hello.' });
console.log(answer.output_text);`,
  ],
  [
    'Go',
    `client := openai.NewClient(
	option.WithBaseURL("${base}/"),
	option.WithAPIKey(os.Getenv("LLM_PROXY_TOKEN")),
)`,
  ],
  ['Ruby', `client = OpenAI::Client.new(base_url: "${base}", api_key: ENV["LLM_PROXY_TOKEN"])`],
  ['.env', `OPENAI_BASE_URL=${base}\nOPENAI_API_KEY=$LLM_PROXY_TOKEN`],
];
