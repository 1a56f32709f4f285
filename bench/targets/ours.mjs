import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { endChild, freePort, startChild, waitUntilReady } from '../child.mjs';
import { UPSTREAM_KEY } from '../exchange.mjs';
import { PROXY_CORE } from '../machine.mjs';

const ROOT = new URL('../../', import.meta.url);
/** The server starts as in the container, with the same flags for Node. */
const [, ...ENTRYPOINT] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(readFileSync(new URL('Dockerfile', ROOT), 'utf8'))[1]);
const FLAGS = ENTRYPOINT.slice(0, -1);
const LAUNCHER = fileURLToPath(new URL(ENTRYPOINT.at(-1), ROOT));
/** A cap that no run exhausts, because the take of a request is measured. */
export const CAP = 1_000_000_000;

/**
 * The built server in its default configuration for production, with its log in a file. It keeps its secrets, so that it can
 * be stopped and started again with the same data.
 */
export class OurServer {
  /** `databaseUrl` is that of PostgreSQL or MySQL; without it the server uses a SQLite file in `folder`. */
  constructor({ folder, upstreamPort, databaseUrl, flags = FLAGS }) {
    mkdirSync(folder, { recursive: true });
    this.flags = flags;
    this.folder = folder;
    this.databasePath = join(folder, 'proxy.db');
    this.databaseUrl = databaseUrl;
    this.managementToken = randomBytes(32).toString('base64url');
    const database = databaseUrl
      ? { DB_DRIVER: databaseUrl.startsWith('mysql') ? 'mysql' : 'postgres', DATABASE_URL: databaseUrl }
      : { DATABASE_PATH: this.databasePath };
    this.variables = {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      MANAGEMENT_TOKEN: this.managementToken,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      OPENAI_API_URL: `http://127.0.0.1:${upstreamPort}`,
      ...database,
    };
  }

  /** Resolves when `/ready` returns 200. `more` are further variables of the environment. */
  async start(more = {}) {
    this.port = await freePort();
    const env = { ...this.variables, LISTEN_ADDR: `127.0.0.1:${this.port}`, ...more };
    const stdio = ['ignore', openSync(join(this.folder, 'log'), 'a'), openSync(join(this.folder, 'stderr'), 'a')];
    this.child = startChild(PROXY_CORE, process.execPath, [...this.flags, LAUNCHER, 'server'], {
      cwd: this.folder,
      env,
      stdio,
    });
    await waitUntilReady(this.child, this.port, '/ready');
    return this;
  }

  async stop() {
    await endChild(this.child);
  }

  async post(path, body) {
    return this.send('POST', path, body, 201);
  }

  async patch(path, body) {
    return this.send('PATCH', path, body, 200);
  }

  async get(path) {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      headers: { authorization: `Bearer ${this.managementToken}` },
    });
  }

  async send(method, path, body, expected) {
    const headers = { authorization: `Bearer ${this.managementToken}`, 'content-type': 'application/json' };
    const call = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, call);
    if (response.status !== expected) throw new Error(`${path} returned ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async project(name) {
    return (await this.post('/manage/projects', { name, api_key: UPSTREAM_KEY })).id;
  }

  /** Creates a token and returns its secret; `max` is its cap. */
  async token(project, max) {
    const cap = max === undefined ? {} : { max_requests: max };
    return (await this.post('/manage/tokens', { project_id: project, ...cap })).token;
  }

  /** Whether the server stores its data in PostgreSQL. A build that does not would be measured on the wrong database. */
  async usesPostgres() {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    const { rows } = await client.query(`SELECT to_regclass('tokens') IS NOT NULL AS there`);
    await client.end();
    return rows[0].there;
  }
}
