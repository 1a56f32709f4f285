/** What the upstream wants to see: a proxy that forwards the client's own credential is answered 401, and counted as wrong. */
export const UPSTREAM_KEY = 'sk-bench-upstream-0123456789abcdefghijklmnop';

/** One event of a stream: all have the same length, so that a reader finds them without parsing. */
export const EVENT_BYTES = 120;
const SEQUENCE_AT = 12;
const STAMP_AT = 25;

const question = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [
    {
      role: 'system',
      content: 'You are a careful assistant. Answer in one paragraph and name what you are not sure of.',
    },
    { role: 'user', content: 'Why do proxies keep connections to their upstreams open between requests? '.repeat(4) },
  ],
  temperature: 0.2,
  max_tokens: 256,
});

/** A chat completion of about 1.5 KB, as long as a short real one. No single quote and no dollar: it stands in nginx's configuration. */
export const ANSWER = JSON.stringify({
  id: 'chatcmpl-bench000000000000000000001',
  object: 'chat.completion',
  created: 1750000000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content:
          'Opening a connection costs a round trip, and with TLS two more and some cryptography on both sides. '.repeat(
            11,
          ),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 91, completion_tokens: 231, total_tokens: 322 },
  service_tier: 'default',
});

/** Beside content-type and content-length. */
export const ANSWER_HEADERS = [
  ['openai-organization', 'bench'],
  ['openai-processing-ms', '412'],
  ['openai-version', '2020-10-01'],
  ['x-ratelimit-limit-requests', '10000'],
  ['x-ratelimit-remaining-requests', '9999'],
  ['x-ratelimit-reset-requests', '8.64s'],
  ['x-request-id', 'req_bench00000000000000000000001'],
];

/** Eleven headers, as OpenAI's own client sends them. */
function request(path, authorization, type, body, length = Buffer.byteLength(body)) {
  return [
    `POST ${path} HTTP/1.1`,
    'host: api.bench.test',
    `authorization: Bearer ${authorization}`,
    'accept: application/json',
    `content-type: ${type}`,
    'user-agent: OpenAI/JS 7.57.0',
    'x-stainless-lang: js',
    'x-stainless-package-version: 7.57.0',
    'x-stainless-os: Linux',
    'x-stainless-runtime: node',
    'x-stainless-retry-count: 0',
    `content-length: ${length}`,
    '',
    body,
  ].join('\r\n');
}

export const jsonRequest = (authorization) =>
  request('/v1/chat/completions', authorization, 'application/json', question);

/** Asks for `chunks` events, the first at once and one every `intervalMs`. The query is for our own upstream alone. */
export const streamRequest = (authorization, chunks, intervalMs) =>
  request(`/v1/chat/completions?chunks=${chunks}&interval=${intervalMs}`, authorization, 'application/json', question);

/** Only the head: the bytes follow. */
export const uploadHead = (authorization, bytes) =>
  request('/v1/files', authorization, 'application/octet-stream', '', bytes);

/** Answered to an upload of so many bytes. */
export const receipt = (bytes) => JSON.stringify({ object: 'file', bytes });

/** Microseconds of a clock that all processes of a machine share. */
export const sharedMicros = () => Number(process.hrtime.bigint() / 1000n);

/** The event number `sequence` of a stream, with the time it is sent at. */
export function eventText(sequence) {
  const stamp = String(sharedMicros()).padStart(16, '0');
  return `data: {"i":"${String(sequence).padStart(6, '0')}","t":"${stamp}","delta":"${'x'.repeat(EVENT_BYTES - 56)}"}\n\n`;
}

/** Number and time of the event that starts at `at`. */
export const readEvent = (bytes, at) => ({
  sequence: Number(bytes.latin1Slice(at + SEQUENCE_AT, at + SEQUENCE_AT + 6)),
  sentAt: Number(bytes.latin1Slice(at + STAMP_AT, at + STAMP_AT + 16)),
});
