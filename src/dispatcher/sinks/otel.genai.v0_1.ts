/**
 * Names of the OpenTelemetry GenAI semantic conventions v0.1.0 (status: Development), which have no package. Version 1.41 of the
 * core conventions differs in `CACHE_WRITE_1_41`.
 */
export const GENAI = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  firstChunk: 'gen_ai.response.time_to_first_chunk',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  input: 'gen_ai.usage.input_tokens',
  output: 'gen_ai.usage.output_tokens',
  cached: 'gen_ai.usage.cache_read.input_tokens',
  cache_write: 'gen_ai.usage.cache_write.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
  audio_input: 'gen_ai.usage.audio.input_tokens',
  audio_output: 'gen_ai.usage.audio.output_tokens',
  image_input: 'gen_ai.usage.image.input_tokens',
  image_output: 'gen_ai.usage.image.output_tokens',
} as const;

export const CACHE_WRITE_1_41 = 'gen_ai.usage.cache_creation.input_tokens';

/** Names of OpenInference 2.12, which Phoenix reads. */
export const OPEN_INFERENCE = {
  kind: 'openinference.span.kind',
  model: 'llm.model_name',
  provider: 'llm.provider',
  input: 'llm.token_count.prompt',
  output: 'llm.token_count.completion',
  total: 'llm.token_count.total',
  cached: 'llm.token_count.prompt_details.cache_read',
  cache_write: 'llm.token_count.prompt_details.cache_write',
  reasoning: 'llm.token_count.completion_details.reasoning',
  inputValue: 'input.value',
  outputValue: 'output.value',
} as const;
