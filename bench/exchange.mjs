/** The credential that the upstream requires. It responds 401 to any other, which counts as a wrong response. */
export const UPSTREAM_KEY = 'sk-bench-upstream-0123456789abcdefghijklmnop';

/** The length of every event of a stream. It is fixed so that a reader finds the events without parsing. */
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

/** A chat completion of about 1.5 KB, as a short real one. It has no single quotes and dollars, because nginx's configuration contains it. */
export const RESPONSE_BODY = JSON.stringify({
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

/** The response headers besides content-type and content-length. */
export const RESPONSE_HEADERS = [
  ['openai-organization', 'bench'],
  ['openai-processing-ms', '412'],
  ['openai-version', '2020-10-01'],
  ['x-ratelimit-limit-requests', '10000'],
  ['x-ratelimit-remaining-requests', '9999'],
  ['x-ratelimit-reset-requests', '8.64s'],
  ['x-request-id', 'req_bench00000000000000000000001'],
];

/** A request with the headers of OpenAI's own client. */
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

/** Requests `chunks` events, the first at once and then one every `intervalMs`. Only the upstream of the benchmark reads the query. */
export const streamRequest = (authorization, chunks, intervalMs) =>
  request(`/v1/chat/completions?chunks=${chunks}&interval=${intervalMs}`, authorization, 'application/json', question);

/** The head of an upload; `bytes` bytes of body follow. */
export const uploadHead = (authorization, bytes) =>
  request('/v1/files', authorization, 'application/octet-stream', '', bytes);

/** The response body to an upload of `bytes` bytes. */
export const receipt = (bytes) => JSON.stringify({ object: 'file', bytes });

/** Microseconds of a monotonic clock that all processes of the machine share. */
export const sharedMicros = () => Number(process.hrtime.bigint() / 1000n);

/** The event number `sequence` of a stream, with its send time. */
export function eventText(sequence) {
  const stamp = String(sharedMicros()).padStart(16, '0');
  return `data: {"i":"${String(sequence).padStart(6, '0')}","t":"${stamp}","delta":"${'x'.repeat(EVENT_BYTES - 56)}"}\n\n`;
}

/** The number and the send time of the event at the offset `at`. */
export const readEvent = (bytes, at) => ({
  sequence: Number(bytes.latin1Slice(at + SEQUENCE_AT, at + SEQUENCE_AT + 6)),
  sentAt: Number(bytes.latin1Slice(at + STAMP_AT, at + STAMP_AT + 16)),
});
