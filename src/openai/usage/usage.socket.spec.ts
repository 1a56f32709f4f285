import { describe, expect, it } from 'vitest';
import { expectReport, fileOf, USAGE_VECTORS } from '../../../test/support/usage.vectors.js';
import { SocketUsage } from './usage.socket.js';

const USAGE = { input_tokens: 7, output_tokens: 3, total_tokens: 10 };

function read(
  messages: readonly unknown[],
  { pieceChars = 50, model = undefined as string | undefined, isResumable = false } = {},
) {
  const usage = new SocketUsage(model, isResumable);
  for (const message of messages) {
    const text = Buffer.from(JSON.stringify(message)).toString('latin1');
    for (let at = 0; at < text.length; at += pieceChars) usage.push(text.slice(at, at + pieceChars));
    usage.endMessage();
  }
  return usage.end();
}
const done = (id: string, usage: unknown = USAGE) => ({ type: 'response.done', response: { id, usage } });

describe(SocketUsage.name, () => {
  const vectors = USAGE_VECTORS.filter(({ kind }) => kind === 'ws');

  it.each(vectors)('reads $file: $why', (vector) => {
    const messages = JSON.parse(fileOf(vector).toString()) as unknown[];
    for (const pieceChars of [1, 7, 100_000]) expectReport(read(messages, { pieceChars }), vector);
  });

  it('sums distinct keys, and counts two events of one key once', () => {
    const report = read([done('a'), done('b'), done('a')]);
    expect(report.parts?.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(report.figures).toEqual({ input: 14, output: 6, total: 20 });
  });

  it('names the models of a session: of its responses, and of its transcriptions', () => {
    const session = { model: 'gpt-realtime-2', audio: { input: { transcription: { model: 'gpt-transcribe' } } } };
    const item = { item_id: 'i', content_index: 0, usage: { type: 'duration', seconds: 2.5 } };
    const transcribed = { type: 'conversation.item.input_audio_transcription.completed', ...item };
    const report = read([{ type: 'session.updated', session }, transcribed, done('a')], { model: 'gpt-realtime' });
    expect(report.parts).toEqual([
      { key: 'i/0', figures: { seconds: 2.5 }, model: 'gpt-transcribe' },
      { key: 'a', figures: { input: 7, output: 3, total: 10 }, model: 'gpt-realtime-2' },
    ]);
    expect(read([done('a')], { model: 'gpt-realtime' })).toMatchObject({ model: 'gpt-realtime' });
  });

  it('reads several responses of one socket of /responses, and leaves the last open when it did not end', () => {
    const created = (id: string) => ({ type: 'response.created', response: { id, usage: null } });
    const completed = {
      type: 'response.completed',
      response: { id: 'resp_1', model: 'm', service_tier: 'flex', usage: USAGE },
    };
    const report = read([created('resp_1'), completed, created('resp_2')], { isResumable: true });
    expect(report.parts).toMatchObject([{ key: 'resp_1', model: 'm', tier: 'flex' }]);
    expect(report.work).toEqual({ key: 'resp_2', kind: 'response', state: 'open' });
    expect(read([created('resp_1'), completed], { isResumable: true }).work).toBeUndefined();
  });

  it('counts two long messages of one key once', () => {
    const long = (id: string) => ({
      type: 'response.done',
      response: { id, output: 'x'.repeat(200_000), usage: USAGE },
    });
    expect(read([long('a'), long('a'), long('b')], { pieceChars: 16_384 }).parts?.map(({ key }) => key)).toEqual([
      'a',
      'b',
    ]);
  });

  it('reads the figures of a message of megabytes', () => {
    const response = { id: 'a', output: 'x'.repeat(1_000_000), usage: USAGE };
    expect(read([{ type: 'response.done', response }], { pieceChars: 16_384 })).toMatchObject({
      figures: { input: 7, output: 3, total: 10 },
    });
  });

  it('sums by model above a thousand responses', () => {
    const report = read(
      Array.from({ length: 1500 }, (_, i) => done(`r${i}`)),
      { model: 'm' },
    );
    expect(report.parts).toHaveLength(1001);
    expect(report.figures).toEqual({ input: 10_500, output: 4500, total: 15_000 });
  });

  it('without figures is unknown, and says when they were compressed', () => {
    expect(read([{ type: 'response.created' }])).toMatchObject({ source: 'none', reason: 'no_usage' });
    const usage = new SocketUsage(undefined, false);
    usage.cannotDecode();
    expect(usage.end()).toMatchObject({ source: 'none', reason: 'undecodable' });
  });
});
