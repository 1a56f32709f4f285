/** The endpoints of OpenAI that figures are kept by. Everything else is `other`. */
export const ROUTE_NAMES = [
  'chat_completions',
  'completions',
  'responses',
  'response',
  'embeddings',
  'decisions',
  'images',
  'audio_transcriptions',
  'audio_translations',
  'audio_speech',
  'moderations',
  'models',
  'files',
  'uploads',
  'batches',
  'fine_tuning',
  'vector_stores',
  'containers',
  'conversations',
  'threads',
  'runs',
  'assistants',
  'videos',
  'evals',
  'agents',
  'realtime',
  'live',
  'other',
] as const;
export type RouteName = (typeof ROUTE_NAMES)[number];

/** Names by the first segment below /v1. */
const BY_SEGMENT: ReadonlyMap<string, RouteName> = new Map(
  ROUTE_NAMES.filter((name) => !['other', 'response', 'runs'].includes(name)).map((name) => [name, name]),
);

/** Names by the first two segments. */
const BY_TWO: ReadonlyMap<string, RouteName> = new Map<string, RouteName>([
  ['chat/completions', 'chat_completions'],
  ['audio/transcriptions', 'audio_transcriptions'],
  ['audio/translations', 'audio_translations'],
  ['audio/speech', 'audio_speech'],
]);

/** The most frequent paths, without a split. */
const EXACT: ReadonlyMap<string, RouteName> = new Map<string, RouteName>([
  ['/v1/chat/completions', 'chat_completions'],
  ['/v1/responses', 'responses'],
  ['/v1/embeddings', 'embeddings'],
  ['/v1/completions', 'completions'],
  ['/v1/models', 'models'],
]);

/** The endpoint of a path below /v1, without its query. */
export const routeNameOf = (path: string): RouteName => EXACT.get(path) ?? longRouteNameOf(path);

function longRouteNameOf(path: string): RouteName {
  const [first = '', second = '', third = ''] = path.slice('/v1/'.length).split('/');
  if (first === 'threads') return second === 'runs' || third === 'runs' ? 'runs' : 'threads';
  if (first === 'responses') return second === '' ? 'responses' : 'response';
  return BY_TWO.get(`${first}/${second}`) ?? BY_SEGMENT.get(first) ?? 'other';
}
