import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, endChild, freePort, startChild } from './child.mjs';
import { UPSTREAM_KEY } from './exchange.mjs';
import { Generator } from './load/generator.mjs';
import { LOAD_CORE, nginxProgram } from './machine.mjs';
import { startNginxUpstream } from './nginx.mjs';
import { OurServer } from './targets/ours.mjs';
import { startPostgres } from './targets/postgres.mjs';

const UPSTREAM = fileURLToPath(new URL('upstream.mjs', import.meta.url));

/** One run: its options, what all figures share, and what went wrong. */
export class Bench {
  constructor(options) {
    this.options = options;
    this.root = mkdtempSync(join(tmpdir(), 'llm-proxy-bench-'));
    this.generator = new Generator();
    this.folders = 0;
    this.databases = 0;
    /** By target: answers that were wrong, short or missing. */
    this.bad = {};
    /** Of the rounds, the share in which somebody else had the proxies' core for more than an eighth of the time. */
    this.disturbed = { rounds: 0, loud: 0 };
  }

  say(line) {
    process.stderr.write(`${line}\n`);
  }

  /** A fresh folder that goes with the run. */
  folder() {
    this.folders += 1;
    return join(this.root, String(this.folders));
  }

  /** Puts a load on a target; wrong answers are remembered, for they end the run as a failure. */
  async load(target, kind, parameters) {
    const result = await this.generator.run(kind, { port: target.port, ...parameters });
    if (result.bad > 0) this.bad[target.name] = (this.bad[target.name] ?? 0) + result.bad;
    return result;
  }

  /** The fixed answer: nginx where installed. */
  async jsonUpstream() {
    if (nginxProgram === undefined) return this.ownUpstream();
    const { child, port } = await startNginxUpstream(LOAD_CORE, this.folder());
    return { port, stop: async () => endChild(child) };
  }

  /** Also knows event streams and uploads. */
  async ownUpstream() {
    const port = await freePort();
    const child = startChild(LOAD_CORE, process.execPath, [UPSTREAM, String(port)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await answers(child, port, '/v1/models', { authorization: `Bearer ${UPSTREAM_KEY}` });
    return { port, stop: async () => endChild(child) };
  }

  /** The address of an empty database, or undefined where PostgreSQL cannot be measured. */
  async postgresUrl() {
    this.postgres ??= this.findPostgres();
    const postgres = await this.postgres;
    this.databases += 1;
    return postgres?.url(`bench${this.databases}`);
  }

  async findPostgres() {
    try {
      const postgres = await startPostgres();
      this.stopPostgres = postgres.stop;
      if (await this.isServed(await postgres.url('probe'))) return postgres;
      this.say('PostgreSQL: skipped, this build does not serve DB_DRIVER=postgres');
    } catch (error) {
      this.say(`PostgreSQL: skipped, it cannot be started (${String(error?.message ?? error).split('\n')[0]})`);
    }
    return undefined;
  }

  async isServed(databaseUrl) {
    const server = new OurServer({ folder: this.folder(), upstreamPort: 1, databaseUrl });
    try {
      await server.start();
      return await server.usesPostgres();
    } finally {
      await server.stop();
    }
  }

  async close() {
    await this.generator.stop();
    await this.stopPostgres?.();
    rmSync(this.root, { recursive: true, force: true });
  }
}
