import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp, UPSTREAM_KEY } from '../support/app.js';
import { SPEECH_SHA256 } from '../support/openai.files.js';
import { TEXT } from '../support/openai.text.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { createHash } from 'node:crypto';

describe('the official openai client', () => {
  let upstream: RecordingUpstream;
  let app: TestApp;
  let client: OpenAI;

  beforeAll(async () => {
    upstream = await RecordingUpstream.start();
    app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl });
    client = new OpenAI({ apiKey: (await app.token()).token, baseURL: `${app.url}/v1`, maxRetries: 0 });
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
  });

  const messages = [{ role: 'user' as const, content: 'Hello' }];

  it('gets a chat completion, made with the project’s key', async () => {
    const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
    expect(answer.choices[0]?.message.content).toBe(TEXT);
    expect(upstream.requests.at(-1)?.header('authorization')).toBe(`Bearer ${UPSTREAM_KEY}`);
  });

  it('gets a streamed chat completion', async () => {
    const stream = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(TEXT);
  });

  it('gets a response, whole and streamed', async () => {
    const whole = await client.responses.create({ model: 'gpt-4o-mini', input: 'Hello' });
    expect(whole.output_text).toBe(TEXT);
    const stream = await client.responses.create({ model: 'gpt-4o-mini', input: 'Hello', stream: true });
    let text = '';
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
    expect(text).toBe(TEXT);
  });

  it('gets embeddings and models', async () => {
    const embeddings = await client.embeddings.create({ model: 'text-embedding-3-small', input: 'Hello' });
    expect(embeddings.data[0]?.embedding.length).toBeGreaterThan(0);
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
  });

  it('uploads a file', async () => {
    const content = Buffer.alloc(300_000, 'abcdefghij');
    const file = await client.files.create({ file: await toFile(content, 'data.jsonl'), purpose: 'fine-tune' });
    expect(file.bytes).toBe(content.length);
  });

  it('downloads audio', async () => {
    const speech = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
    expect(
      createHash('sha256')
        .update(Buffer.from(await speech.arrayBuffer()))
        .digest('hex'),
    ).toBe(SPEECH_SHA256);
  });

  it('aborts a stream, and its connection to the upstream closes', async () => {
    const paced = upstream.sse();
    const stream = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true });
    const request = await paced.opened();
    await paced.event({ choices: [{ index: 0, delta: { content: 'Hel' } }] });
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta.content).toBe('Hel');
      break;
    }
    stream.controller.abort();
    expect((await request.closed()).by).toBe('peer');
  });
});
