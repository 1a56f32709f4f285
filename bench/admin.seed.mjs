import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { idsOf } from '../dist/src/events/store/segment.ids.js';

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
/** As the server writes them. */
const EVENTS_A_SEGMENT = 64;
/** How many of the tokens make requests, each in every quarter hour. */
const CALLERS = 2000;
const MODELS = ['gpt-5.6-terra', 'gpt-5.6-luna', 'gpt-4.1'];

/** A tenth of the requests is refused or fails. */
function eventOf(n, at, { id: tokenId, project }) {
  const isRefused = n % 20 === 0;
  const isFailed = n % 20 === 10;
  const uuid = randomUUID();
  return {
    v: 1,
    replica: 'bench',
    epoch: 1,
    seq: n + 1,
    id: `${uuid}:request`,
    kind: 'request',
    at: new Date(at).toISOString(),
    request_id: uuid,
    project_id: project,
    token_id: tokenId,
    method: 'POST',
    route: 'responses',
    path: '/v1/responses',
    status: isRefused ? 429 : isFailed ? 502 : 200,
    end: isRefused ? 'limit' : isFailed ? 'upstream' : 'ok',
    overhead_ms: 0.4,
    first_byte_ms: 210,
    last_byte_ms: 1400,
    bytes_in: 900,
    bytes_out: 4200,
    model: MODELS[n % MODELS.length],
    usage: { source: 'provider', input: 1000, output: 200, total: 1200 },
    cost: { nano_usd: 4_000_000, price_version: '2026-11-20', source: 'catalogue' },
  };
}

/** Tokens as `seedLists` writes them: in the order of their ids they are of all projects in turn. */
function callersOf(path) {
  const database = new DatabaseSync(path);
  const rows = database
    .prepare('SELECT id, project_id AS project FROM tokens ORDER BY id LIMIT ?')
    .all(CALLERS)
    .map(({ id, project }) => ({ id, project }));
  database.close();
  return rows;
}

/** As after the warnings of a token: the server would send those of all the tokens in its first minutes. */
function endWarnings(path) {
  const database = new DatabaseSync(path);
  database.prepare('UPDATE tokens SET warn_at = :never, warn_count = :never').run({ never: Number.MAX_SAFE_INTEGER });
  database.close();
}

function seedSums(database, callers, requests, endAt) {
  const insert = database.prepare(
    `INSERT INTO usage_quarters (quarter, project_id, token_id, model, route, tier, requests, errors, ended_limit, ended_upstream,
       input_tokens, output_tokens, total_tokens, cost_nano) VALUES (?, ?, ?, ?, 'responses', 'default', ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const quarters = DAY_MS / QUARTER_MS;
  const each = Math.max(1, Math.round(requests / quarters / callers.length));
  const last = Math.floor(endAt / QUARTER_MS) * QUARTER_MS;
  // The day before too: the Dashboard compares with it.
  for (let quarter = 0; quarter < 2 * quarters; quarter += 1)
    for (const [i, { id, project }] of callers.entries()) {
      const refused = (quarter + i) % 4 === 0 ? 1 : 0;
      const failed = (quarter + i) % 4 === 2 ? 1 : 0;
      insert.run(
        last - quarter * QUARTER_MS,
        project,
        id,
        MODELS[i % MODELS.length],
        each,
        refused + failed,
        refused,
        failed,
        each * 1000,
        each * 200,
        each * 1200,
        each * 4_000_000,
      );
    }
}

/** The server adds to these with each row of the others. */
function seedProjectSums(database) {
  const counts = 'requests errors ended_limit ended_upstream input_tokens output_tokens total_tokens cost_nano';
  const sums = counts.split(' ');
  database.exec(`INSERT INTO usage_projects (quarter, project_id, ${sums.join(', ')})
    SELECT quarter, project_id, ${sums.map((name) => `sum(${name})`).join(', ')} FROM usage_quarters GROUP BY quarter, project_id`);
}

function seedEvents(database, callers, requests, endAt) {
  const insert = database.prepare(
    `INSERT INTO event_segments (replica, epoch, number, first_seq, events, bytes, created_at, min_at, max_at, ids, body)
     VALUES ('bench', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const segments = Math.ceil(requests / EVENTS_A_SEGMENT);
  const step = (DAY_MS - 600_000) / segments;
  for (let segment = 0; segment < segments; segment += 1) {
    const at = Math.floor(endAt - (segments - segment) * step);
    const first = segment * EVENTS_A_SEGMENT;
    const lines = Array.from({ length: EVENTS_A_SEGMENT }, (_, i) => {
      const n = first + i;
      return JSON.stringify(eventOf(n, at, callers[(n * 7919) % callers.length]));
    });
    const body = lines.join('\n');
    insert.run(segment + 1, first + 1, EVENTS_A_SEGMENT, Buffer.byteLength(body), at, at, at, idsOf(lines), body);
  }
}

/**
 * Writes requests of the last 24 hours and sums of 48 into the file of events of a stopped server, whose tokens get no more
 * warnings. Returns its bytes.
 */
export function seedRequests({ path, requests }) {
  const callers = callersOf(path);
  endWarnings(path);
  const database = new DatabaseSync(path.replace(/\.db$/, '.events.db'));
  const endAt = Date.now();
  database.exec('PRAGMA synchronous = OFF; BEGIN');
  seedSums(database, callers, requests, endAt);
  seedProjectSums(database);
  seedEvents(database, callers, requests, endAt);
  database.exec('COMMIT');
  const { size } = database
    .prepare('SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size')
    .get();
  database.close();
  return size;
}
