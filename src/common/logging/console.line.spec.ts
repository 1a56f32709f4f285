import { describe, expect, it } from 'vitest';
import { consoleLine } from './console.line.js';

const time = '2026-01-31T12:34:56.789Z';
const local = new Date(time).toTimeString().slice(0, 8);
const line = (entry: object, hasColours = false): string =>
  consoleLine(JSON.stringify({ level: 'info', time, ...entry }), hasColours);

const request = {
  msg: 'request',
  request_id: 'f2b1',
  token_id: 't',
  project_id: 'p',
  method: 'POST',
  path: '/v1/chat/completions',
  status: 200,
  end: 'ok',
  bytes_in: 1,
  bytes_out: 2,
  total_ms: 1234.5,
  remote: '203.0.113.7',
};

describe(consoleLine.name, () => {
  it('says of a request what a person asks for', () => {
    expect(line(request)).toBe(`${local} INFO  POST /v1/chat/completions 200 1.2 s 203.0.113.7\n`);
    expect(
      line({ ...request, level: 'warn', status: 502, code: 'upstream_unreachable', end: 'upstream', total_ms: 12.3 }),
    ).toBe(`${local} WARN  POST /v1/chat/completions 502 12 ms upstream_unreachable 203.0.113.7\n`);
    expect(line({ ...request, status: undefined, end: 'client' })).toContain('- 1.2 s ended by client');
    expect(line({ msg: 'request', status: 400, code: 'request_invalid', end: 'client', why: 'TLS was spoken' })).toBe(
      `${local} INFO  - - 400 request_invalid (TLS was spoken)\n`,
    );
  });

  it('says an event with its fields, without the class that says it', () => {
    expect(line({ msg: 'listening', host: '127.0.0.1', port: 8080, context: 'Server' })).toBe(
      `${local} INFO  listening host=127.0.0.1 port=8080\n`,
    );
    expect(line({ msg: 'a worker listens', worker: 2, names: ['a b'], text: 'two words' })).toBe(
      `${local} INFO  [2] a worker listens names=["a b"] text="two words"\n`,
    );
  });

  it('shows an error with its causes below', () => {
    const err = { type: 'Error', message: 'outer', stack: 'Error: outer\n    at a', cause: { message: 'inner' } };
    expect(line({ level: 'error', msg: 'failed', err })).toBe(
      `${local} ERROR failed\n    Error: outer\n        at a\n    inner\n`,
    );
  });

  it('writes nothing that moves the cursor of a terminal', () => {
    const text = line({ ...request, path: '/v1/\u001b[2J\r\n', code: '\u009b2J' });
    expect(text).toBe(`${local} INFO  POST "/v1/\\u001b[2J\\r\\n" 200 1.2 s \ufffd2J 203.0.113.7\n`);
    expect(line({ msg: 'a\u001b[2J\nb' })).toBe(`${local} INFO  a\ufffd[2J\ufffdb\n`);
  });

  it('has colours where they are wanted', () => {
    expect(line({ ...request, level: 'warn', status: 503 }, true)).toContain('\u001b[31m503\u001b[39m');
    expect(line(request)).not.toContain('\u001b');
  });
});
