import { createHash } from 'node:crypto';
import { InternalServerError, NotFoundError, OpenAI, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPEECH_SHA256, pseudoRandomBytes } from './openai.files.js';
import { TEXT, TEXT_PIECES } from './openai.text.js';
import { RecordingUpstream } from './recording.upstream.js';
import { serverError } from './upstream.scenarios.js';

/** The double is believed only because the real client understands it. */
describe('the fake OpenAI and the official client', () => {
  let upstream: RecordingUpstream;
  let openai: OpenAI;
  beforeAll(async () => {
    upstream = await RecordingUpstream.start();
    openai = new OpenAI({ apiKey: 'sk-recorded', baseURL: `${upstream.baseUrl}/v1`, maxRetries: 0 });
  });
  afterAll(() => upstream.close());

  const messages = [{ role: 'user' as const, content: 'hi' }];

  it('chats, whole and streamed', async () => {
    const whole = await openai.chat.completions.create({ model: 'gpt-4o', messages }).withResponse();
    expect(whole.data.choices[0]?.message.content).toBe(TEXT);
    expect(whole.request_id).toMatch(/^req_[0-9a-f]{32}$/);
    const stream = openai.chat.completions.stream({
      model: 'gpt-4o',
      messages,
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    stream.on('content', (delta) => pieces.push(delta));
    const final = await stream.finalChatCompletion();
    expect(pieces.filter((piece) => piece !== '')).toEqual(TEXT_PIECES);
    expect(final.usage?.total_tokens).toBe(15);
    expect(final.model).toBe('gpt-4o');
  });

  it('responds, whole and streamed', async () => {
    expect((await openai.responses.create({ model: 'gpt-4o', input: 'hi' })).output_text).toBe(TEXT);
    const stream = openai.responses.stream({ model: 'gpt-4o', input: 'hi' });
    const deltas: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    expect((await stream.finalResponse()).output_text).toBe(TEXT);
    expect(deltas).toEqual(TEXT_PIECES);
  });

  it('embeds, moderates and lists models', async () => {
    const { data } = await openai.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    expect(data.map(({ embedding }) => embedding)).toEqual([
      [0.125, -0.5, 0.25],
      [0.125, -0.5, 0.25],
    ]);
    expect((await openai.moderations.create({ input: 'a' })).results[0]?.flagged).toBe(false);
    expect((await openai.models.list()).data.map(({ id }) => id)).toContain('gpt-4o-mini');
    expect((await openai.models.retrieve('gpt-4o')).id).toBe('gpt-4o');
    await expect(openai.models.retrieve('gpt-0')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('keeps a file, byte for byte, until it is deleted', async () => {
    const content = pseudoRandomBytes(200_000, 3);
    const { id, bytes, filename } = await openai.files.create({
      file: await toFile(content, 'a b.bin'),
      purpose: 'batch',
    });
    expect({ bytes, filename }).toEqual({ bytes: content.length, filename: 'a b.bin' });
    const back = Buffer.from(await (await openai.files.content(id)).arrayBuffer());
    expect(back.equals(content)).toBe(true);
    expect((await openai.files.retrieve(id)).purpose).toBe('batch');
    expect((await openai.files.delete(id)).deleted).toBe(true);
    await expect(openai.files.content(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('speaks and listens', async () => {
    const speech = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hi' });
    const bytes = Buffer.from(await speech.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(SPEECH_SHA256);
    const heard = await openai.audio.transcriptions.create({ model: 'whisper-1', file: await toFile(bytes, 'a.mp3') });
    expect(heard.text).toBe(TEXT);
  });

  it('raises what an app expects', async () => {
    upstream.once(serverError());
    await expect(openai.models.list()).rejects.toBeInstanceOf(InternalServerError);
  });
});
