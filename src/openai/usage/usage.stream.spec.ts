import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIGURES, readEvents as stream, readUsage as read, USAGE } from '../../../test/support/usage.reading.js';

describe('an event stream', () => {
  it('has figures behind a picture of megabytes', () => {
    const event = { type: 'image_generation.completed', b64_json: 'A'.repeat(2_000_000), usage: USAGE };
    const path = '/v1/images/generations';
    expect(
      stream([{ type: 'image_generation.partial_image', b64_json: 'B'.repeat(300_000) }, event], { path }),
    ).toMatchObject({
      source: 'provider',
      figures: FIGURES,
    });
  });

  it.each(['data: ', 'data:'])('has figures behind a megabyte of lines of one event, each after "%s"', (field) => {
    const text = JSON.stringify(
      { id: 'a', lines: Array.from({ length: 20_000 }, () => 'x'.repeat(50)), usage: USAGE },
      undefined,
      1,
    );
    const event = `${field}${text.replaceAll('\n', `\n${field}`)}\n\n`;
    const report = read(`data: {"id":"a","choices":[]}\n\n${event}`, { contentType: 'text/event-stream' });
    expect(report).toMatchObject({ source: 'provider', figures: FIGURES });
  });

  it.each([100, 140_000, 160_000, 1_000_000])('of a response has figures behind %i bytes of output', (size) => {
    const response = { id: 'resp_1', model: 'gpt-x', status: 'completed', output: 'x'.repeat(size), usage: USAGE };
    for (const pieceBytes of [1000, 65_536, 2_000_000])
      expect(stream([{ type: 'response.completed', response }], { path: '/v1/responses', pieceBytes })).toMatchObject({
        source: 'provider',
        figures: FIGURES,
        model: 'gpt-x',
        responseId: 'resp_1',
      });
  });

  it('of a run has figures behind a long text', () => {
    const run = {
      id: 'run_1',
      object: 'thread.run',
      status: 'completed',
      instructions: 'x'.repeat(300_000),
      usage: USAGE,
    };
    const report = stream([run], { path: '/v1/threads/thread_1/runs' });
    expect(report).toMatchObject({ source: 'provider', figures: FIGURES, responseId: 'run_1' });
  });

  it('of a response that breaks off opens work, which is to be read later', () => {
    const created = { type: 'response.created', response: { id: 'resp_1', model: 'gpt-x', usage: null } };
    const given = { path: '/v1/responses', isWhole: false };
    const work = { key: 'resp_1', kind: 'response', state: 'open' };
    expect(stream([created], given)).toMatchObject({ source: 'none', reason: 'broken', work, model: 'gpt-x' });
    expect(stream([created], { ...given, clientLeft: true })).toMatchObject({ reason: 'client_left', work });
    expect(stream([created], { ...given, isWhole: true })).toMatchObject({ reason: 'no_usage' });
  });

  it('of a response does not take a schema in an early event for figures', () => {
    const tools = [{ parameters: { usage: { input_tokens: 1, total_tokens: 1 } } }];
    const response = { id: 'resp_1', status: 'in_progress', tools, usage: null };
    const events = [
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ];
    expect(stream(events, { path: '/v1/responses', isWhole: false })).toMatchObject({
      source: 'none',
      reason: 'broken',
    });
  });

  it('with an error in it is a stream_error', () => {
    const events = [{ id: 'a', choices: [] }, { error: { message: 'no' } }];
    expect(stream(events)).toMatchObject({ reason: 'stream_error' });
    expect(
      stream(
        [
          { type: 'response.created', response: { id: 'r' } },
          { type: 'error', code: 'x' },
        ],
        { path: '/v1/responses' },
      ),
    ).toMatchObject({ reason: 'stream_error' });
  });

  it('counts the text of its deltas in UTF-8', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (texts, pieceBytes, isPlain) => {
          const chunks = texts.map((content) => ({ id: 'a', model: 'm', choices: [{ delta: { content } }] }));
          const ascii = (json: string) =>
            json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
          const events = chunks.map(
            (chunk) => `data: ${isPlain ? JSON.stringify(chunk) : ascii(JSON.stringify(chunk))}\n\n`,
          );
          expect(read(events.join(''), { contentType: 'text/event-stream', pieceBytes })).toMatchObject({
            reason: 'not_asked',
            deltas: texts.length,
            textBytes: Buffer.byteLength(texts.join('')),
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
