import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChild, freePort, startChild, waitUntilReady } from './child.mjs';
import { UPSTREAM_KEY } from './exchange.mjs';
import { Generator } from './load/generator.mjs';
import { LOAD_CORE, nginxProgram } from './machine.mjs';
import { startNginxUpstream } from './nginx.mjs';
import { OurServer } from './targets/ours.mjs';
import { startPostgres } from './targets/postgres.mjs';

const UPSTREAM = fileURLToPath(new URL('upstream.mjs', import.meta.url));

/** One run of the benchmark: its options, the resources that all figures share, and the failed requests. */
export class Bench {
  constructor(options) {
    this.options = options;
    this.root = mkdtempSync(join(tmpdir(), 'llm-proxy-bench-'));
    this.generator = new Generator();
    this.folders = 0;
    this.databases = 0;
    /** By target: the number of wrong, incomplete or missing responses. */
    this.bad = {};
    /** The number of rounds, and of rounds in which other processes used the core of the proxies too much. */
    this.rounds = { all: 0, disturbed: 0 };
  }

  say(line) {
    process.stderr.write(`${line}\n`);
  }

  /** The path of a new folder, which is removed after the run. */
  folder() {
    this.folders += 1;
    return join(this.root, String(this.folders));
  }

  /** Puts a load on a target. Wrong responses are counted, because they make the run fail. */
  async load(target, kind, parameters) {
    const result = await this.generator.run(kind, { port: target.port, ...parameters });
    if (result.bad > 0) this.bad[target.name] = (this.bad[target.name] ?? 0) + result.bad;
    return result;
  }

  /** An upstream with one fixed response: nginx when it is installed. */
  async jsonUpstream() {
    if (nginxProgram === undefined) return this.ownUpstream();
    const { child, port } = await startNginxUpstream(LOAD_CORE, this.folder());
    return { port, stop: async () => endChild(child) };
  }

  /** An upstream that also supports event streams and uploads. */
  async ownUpstream() {
    const port = await freePort();
    const child = startChild(LOAD_CORE, process.execPath, [UPSTREAM, String(port)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await waitUntilReady(child, port, '/v1/models', { authorization: `Bearer ${UPSTREAM_KEY}` });
    return { port, stop: async () => endChild(child) };
  }

  /** The URL of an empty database; undefined when PostgreSQL cannot be measured. */
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
      if (await this.isSupported(await postgres.url('probe'))) return postgres;
      this.say('PostgreSQL: skipped, because this build does not support DB_DRIVER=postgres');
    } catch (error) {
      this.say(`PostgreSQL: skipped, because it cannot be started (${String(error?.message ?? error).split('\n')[0]})`);
    }
    return undefined;
  }

  async isSupported(databaseUrl) {
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
