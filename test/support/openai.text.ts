// The text of the fake OpenAI: the same for every prompt, whole or piece by piece.

/** The pieces of every generated text, a multi-byte one among them. */
export const TEXT_PIECES = ['Hello', ' from', ' the', ' recording', ' upstream', ' ☕'] as const;
export const TEXT = TEXT_PIECES.join('');

export interface GenerationRequest {
  model?: string;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
}

const CREATED = 1_760_000_000;
const chatUsage = { prompt_tokens: 9, completion_tokens: 6, total_tokens: 15 };
const responseUsage = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 6,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
};

export function chatCompletion({ model = 'gpt-4o-mini' }: GenerationRequest): object {
  return {
    id: 'chatcmpl-recorded',
    object: 'chat.completion',
    created: CREATED,
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: chatUsage,
    service_tier: 'default',
    system_fingerprint: 'fp_recorded',
  };
}

/** The events of a streamed chat completion, `[DONE]` included, each as it stands on the wire. */
export function chatEvents({ model = 'gpt-4o-mini', stream_options }: GenerationRequest): string[] {
  const usage = stream_options?.include_usage === true;
  const base = { id: 'chatcmpl-recorded', object: 'chat.completion.chunk', created: CREATED, model };
  const part = (delta: object, finish: string | null = null): object => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(usage ? { usage: null } : {}),
  });
  const chunks = [
    part({ role: 'assistant', content: '', refusal: null }),
    ...TEXT_PIECES.map((content) => part({ content })),
    part({}, 'stop'),
    ...(usage ? [{ ...base, choices: [], usage: chatUsage }] : []),
  ];
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n'];
}

export function response({ model = 'gpt-4o-mini' }: GenerationRequest): object {
  return { ...responseShell(model), status: 'completed', output: [message(TEXT)], usage: responseUsage };
}

/** The events of a streamed response in the order the API sends them. */
export function responseEvents({ model = 'gpt-4o-mini' }: GenerationRequest): string[] {
  const started = { ...responseShell(model), status: 'in_progress', output: [], usage: null };
  const item = { ...message(TEXT), content: [], status: 'in_progress' };
  const at = { item_id: 'msg_recorded', output_index: 0, content_index: 0 };
  const events: { type: string; [field: string]: unknown }[] = [
    { type: 'response.created', response: started },
    { type: 'response.in_progress', response: started },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part: outputText('') },
    ...TEXT_PIECES.map((delta) => Object.assign({ type: 'response.output_text.delta', delta, logprobs: [] }, at)),
    { type: 'response.output_text.done', ...at, text: TEXT, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: outputText(TEXT) },
    { type: 'response.output_item.done', output_index: 0, item: message(TEXT) },
    { type: 'response.completed', response: response({ model }) },
  ];
  return events.map(
    (event, order) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: order })}\n\n`,
  );
}

function responseShell(model: string): object {
  return {
    id: 'resp_recorded',
    object: 'response',
    created_at: CREATED,
    model,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  };
}

function message(text: string): object {
  return { id: 'msg_recorded', type: 'message', status: 'completed', role: 'assistant', content: [outputText(text)] };
}

function outputText(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
