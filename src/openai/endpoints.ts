/**
 * What the proxy knows of single OpenAI endpoints. Any path under `/v1` is forwarded, listed here or not; a new endpoint
 * needs an entry only when one of these is true:
 *
 * - it administers the upstream account: ADMINISTRATION
 * - it names the model in the query: MODEL_IN_QUERY
 * - its body starts no model, so that it needs no model name: WITHOUT_MODEL
 * - it names the model where the proxy does not read it, such as in a file: MODEL_OUT_OF_SIGHT
 * - it is a POST without a body: WITHOUT_BODY
 * - its streams say what was used only when the request asks for it: USAGE_ON_REQUEST
 */
import { compilePaths } from '../common/values/path.rules.js';
import { mayBeBelow } from './path.spelling.js';

/** https://platform.openai.com/docs/api-reference/administration. */
export const ADMINISTRATION = '/v1/organization';

/** https://platform.openai.com/docs/guides/realtime-websocket. */
const MODEL_IN_QUERY = new Set(['/v1/realtime']);

const WITHOUT_MODEL = compilePaths([
  '/v1/files',
  '/v1/uploads',
  '/v1/uploads/**',
  '/v1/vector_stores',
  '/v1/vector_stores/**',
  '/v1/containers',
  '/v1/containers/**',
  '/v1/conversations',
  '/v1/conversations/**',
  '/v1/threads',
  '/v1/threads/*',
  '/v1/threads/*/messages',
  '/v1/threads/*/messages/*',
]);

/** Creates a thread and runs it, so it starts a model. `/v1/threads/*` would take `runs` for a thread id. */
const THREAD_AND_RUN = '/v1/threads/runs';

/** The model stands in a file, in a session or in a nested part of the body. */
const MODEL_OUT_OF_SIGHT = [
  '/v1/batches',
  '/v1/evals',
  '/v1/realtime',
  '/v1/live',
  '/v1/engines',
  '/v1/fine_tuning/alpha',
];

const WITHOUT_BODY = compilePaths([
  '/v1/*/*/cancel',
  '/v1/*/*/*/cancel',
  '/v1/*/*/*/*/cancel',
  '/v1/fine_tuning/jobs/*/pause',
  '/v1/fine_tuning/jobs/*/resume',
  '/v1/realtime/calls/*/hangup',
]);

/** https://platform.openai.com/docs/api-reference/chat/create: `stream_options`. Engines are the former path of completions. */
const USAGE_ON_REQUEST = ['/v1/chat/completions', '/v1/completions', '/v1/engines'];

export const hasModelInQuery = (path: string): boolean => MODEL_IN_QUERY.has(path);

/** True for an endpoint whose body starts no model. */
export const isModelFree = (path: string): boolean => path !== THREAD_AND_RUN && WITHOUT_MODEL.allows(path);

/** True for any path that a server could route to an endpoint whose model name cannot be checked. */
export const hidesModel = (path: string): boolean => mayBeBelow(path, ...MODEL_OUT_OF_SIGHT);

/** True for any path that a server could route to an endpoint whose streams have no usage unless the request asks for it. */
export const mayStreamWithoutUsage = (path: string): boolean => mayBeBelow(path, ...USAGE_ON_REQUEST);

/** True for an action that is a POST without a body. */
export const hasNoBody = (path: string): boolean => WITHOUT_BODY.allows(path);
