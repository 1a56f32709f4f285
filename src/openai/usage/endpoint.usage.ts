import type { Work } from './usage.record.js';

/** How the events of a stream show their figures. */
export type StreamStyle = 'chunks' | 'responses' | 'run' | 'turn';

/** Where a JSON body shows its figures. */
export type FiguresPlace = 'usage' | 'grader' | 'trained_tokens' | 'seconds' | 'per_model_usage';

/** What the responses of an endpoint say of usage. */
export interface EndpointUsage {
  /** What a complete response without figures means. */
  readonly silence: 'free' | 'read' | 'no_usage';
  /** False: no response is read. */
  readonly isRead: boolean;
  /** Work that a request of this endpoint makes, or reads. */
  readonly work?: { readonly kind: Work['kind']; readonly does: 'make' | 'read' };
  readonly style: StreamStyle;
  readonly place: FiguresPlace;
}

const FREE: EndpointUsage = { silence: 'free', isRead: false, style: 'chunks', place: 'usage' };
const READ: EndpointUsage = { silence: 'read', isRead: false, style: 'chunks', place: 'usage' };
const PAID: EndpointUsage = { silence: 'no_usage', isRead: true, style: 'chunks', place: 'usage' };
const RESPONSES: EndpointUsage = { ...PAID, style: 'responses', work: { kind: 'response', does: 'make' } };

const GRADER: EndpointUsage = { ...PAID, place: 'grader' };

const PLACES: Partial<Record<Work['kind'], FiguresPlace>> = {
  job: 'trained_tokens',
  video: 'seconds',
  eval_run: 'per_model_usage',
};
const STYLES: Partial<Record<Work['kind'], StreamStyle>> = { response: 'responses', run: 'run', turn: 'turn' };
const makes = (kind: Work['kind']): EndpointUsage => ({
  silence: 'no_usage',
  isRead: true,
  style: STYLES[kind] ?? 'chunks',
  place: PLACES[kind] ?? 'usage',
  work: { kind, does: 'make' },
});
const reads = (kind: Work['kind']): EndpointUsage => ({
  ...makes(kind),
  silence: 'read',
  work: { kind, does: 'read' },
});

/** The most frequent calls, without a look at the segments of their path. */
const EXACT: ReadonlyMap<string, EndpointUsage> = new Map([
  ['/v1/chat/completions', PAID],
  ['/v1/responses', RESPONSES],
  ['/v1/embeddings', PAID],
  ['/v1/completions', PAID],
]);

const POSTS: readonly (readonly [string, EndpointUsage])[] = [
  ['chat/completions', PAID],
  ['chat/completions/*', READ],
  ['completions', PAID],
  ['embeddings', PAID],
  ['engines/*/completions', PAID],
  ['engines/*/embeddings', PAID],
  ['decisions', PAID],
  ['responses', RESPONSES],
  ['responses/compact', PAID],
  ['responses/input_tokens', FREE],
  ['responses/*/cancel', reads('response')],
  ['images/*', PAID],
  ['audio/*', PAID],
  ['batches', makes('batch')],
  ['batches/*/cancel', reads('batch')],
  ['threads/runs', makes('run')],
  ['threads/*/runs', makes('run')],
  ['threads/*/runs/*/cancel', reads('run')],
  ['threads/*/runs/*/submit_tool_outputs', reads('run')],
  ['agents/**', makes('turn')],
  ['fine_tuning/jobs', makes('job')],
  ['fine_tuning/jobs/*/*', reads('job')],
  ['fine_tuning/alpha/graders/run', GRADER],
  ['videos', makes('video')],
  ['videos/extensions', makes('video')],
  ['videos/edits', makes('video')],
  ['videos/*/remix', makes('video')],
  ['evals/*/runs', makes('eval_run')],
  ['evals/*/runs/*', reads('eval_run')],
];

const GETS: readonly (readonly [string, EndpointUsage])[] = [
  ['responses/*', reads('response')],
  ['batches/*', reads('batch')],
  ['threads/*/runs/*', reads('run')],
  ['agents/**', reads('turn')],
  ['fine_tuning/jobs/*', reads('job')],
  ['videos/*', reads('video')],
  ['evals/*/runs/*', reads('eval_run')],
  ['models', FREE],
  ['models/*', FREE],
  ['**', READ],
];

/** Endpoints that use nothing which is billed by the call. Every other POST may use something. */
const FREE_POSTS = new Set([
  'moderations',
  'files',
  'uploads',
  'vector_stores',
  'containers',
  'conversations',
  'threads',
  'assistants',
  'evals',
  'realtime',
  'fine_tuning',
  'videos',
  'batches',
  'skills',
  'chatkit',
  'organization',
]);

type Rules = readonly { readonly parts: readonly string[]; readonly usage: EndpointUsage }[];
const compile = (rules: readonly (readonly [string, EndpointUsage])[]): Rules =>
  rules.map(([pattern, usage]) => ({ parts: pattern.split('/'), usage }));
const POST_RULES = compile(POSTS);
const GET_RULES = compile(GETS);

function matches(parts: readonly string[], segments: readonly string[]): boolean {
  if (parts.at(-1) === '**') return parts.slice(0, -1).every((part, i) => part === segments[i]);
  return parts.length === segments.length && parts.every((part, i) => part === '*' || part === segments[i]);
}

const WRITES = new Set(['POST', 'PUT', 'PATCH']);

/** What the responses of an endpoint say of usage. `path` has no query: a spelling that is not known may be one that a server understands. */
export function endpointUsage(method: string, path: string): EndpointUsage {
  if (WRITES.has(method)) return EXACT.get(path) ?? ruleOf(POST_RULES, path) ?? silentPost(path);
  if (method === 'GET') return ruleOf(GET_RULES, path)!;
  return FREE;
}

const segmentsOf = (path: string): string[] => path.slice('/v1/'.length).replace(/\/+$/, '').split('/');

function ruleOf(rules: Rules, path: string): EndpointUsage | undefined {
  const segments = segmentsOf(path);
  return rules.find(({ parts }) => matches(parts, segments))?.usage;
}

/** An endpoint that is not known may use something: its figures stand where most have them, or nowhere. */
const silentPost = (path: string): EndpointUsage => (FREE_POSTS.has(segmentsOf(path)[0]!) ? FREE : PAID);
