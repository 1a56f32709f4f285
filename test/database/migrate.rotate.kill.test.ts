import { spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type Repository } from 'typeorm';
import { expect, it } from 'vitest';
import { EXIT } from '../../src/common/errors/startup.error.js';
import { loadConfig } from '../../src/config/config.loader.js';
import { KeyRing } from '../../src/crypto/key.ring.js';
import { SecretCipher } from '../../src/crypto/secret.cipher.js';
import { ProjectEntity } from '../../src/project/project.entity.js';
import { MANAGEMENT_TOKEN, type TestApp, type TokenAnswer } from '../support/app.js';
import { envFile } from '../support/env.file.js';
import { KeyFixture, KEYS } from '../support/key.fixture.js';
import { seeded } from '../support/seeded.js';
import { onEveryStore } from '../support/databases.js';

const LAUNCHER = new URL('../../bin/llm-proxy.cjs', import.meta.url).pathname;
const PROJECTS = 3000;
const MOST_MOVED_BEFORE_A_KILL = 100;
const USED = 4;
/** A shorter pause would slow down the rotation whose rows are counted, on two cores. */
const POLL_MS = 5;

const keyOf = (projectId: string): string => `sk-upstream-key-of-${projectId}`;
const cipherOf = (keys: object): SecretCipher =>
  new SecretCipher(new KeyRing(loadConfig({ MANAGEMENT_TOKEN, ...keys }).config));

onEveryStore('PR-14 llm-proxy migrate rotate', (store) => {
  const fixture = KeyFixture.on(store);
  // SQLite is quick, and its file is what a kill could harm; on a server, a kill is a connection that ends.
  const kills = store.driver === 'sqlite' ? 20 : 5;

  async function fill(app: TestApp): Promise<Repository<ProjectEntity>> {
    const projects = app.running.app.get(DataSource).getRepository(ProjectEntity);
    const cipher = cipherOf(KEYS.old);
    const rows = Array.from({ length: PROJECTS }, () => {
      const id = randomUUID();
      const apiKey = cipher.encrypt(keyOf(id), { projectId: id, column: 'api_key' });
      return { id, name: id, nameKey: id, apiKey, apiKeyDisplay: '…', isActive: true, createdAt: 1, updatedAt: 1 };
    });
    for (let from = 0; from < PROJECTS; from += 500) await projects.insert(rows.slice(from, from + 500));
    return projects;
  }

  /** Requests of all tokens, and an operator whose changes make the server read one project's key after the other again. */
  function load(app: TestApp, tokens: TokenAnswer[]): () => Promise<unknown> {
    const stop = new AbortController();
    const call = async ({ token }: TokenAnswer) => {
      const answer = await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, answer.headers.get('x-proxy-error')]).toEqual([200, null]);
      await answer.arrayBuffer();
    };
    const use = async (token: TokenAnswer) => {
      while (!stop.signal.aborted) await call(token);
    };
    const operate = async () => {
      for (let turn = 0; !stop.signal.aborted; turn += 1) {
        const token = tokens[turn % tokens.length]!;
        const change = { name: `${token.project_id} ${turn}` };
        expect((await app.manage('PATCH', `/manage/projects/${token.project_id}`, change)).status).toBe(200);
        await call(token);
      }
    };
    const work = Promise.all([...tokens.map(use), operate()]);
    work.catch(() => undefined); // `stop` reports it
    return async () => {
      stop.abort();
      await work;
    };
  }

  async function killedAfter(rows: number, env: string, moved: () => Promise<number>): Promise<void> {
    const before = await moved();
    const child = spawn(process.execPath, [LAUNCHER, 'migrate', 'rotate', '--env', env], { env: {}, stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (child.exitCode === null && (await moved()) - before < rows) await sleep(POLL_MS);
    child.kill('SIGKILL');
    await ended;
  }

  it(`loses no key and goes on where it stopped, under load, killed ${kills} times`, { timeout: 300_000 }, async () => {
    const seed = randomInt(1e9);
    const random = seeded(seed);
    const projects = await fill(await fixture.start(KEYS.old));
    const ids = (await projects.find({ take: USED })).map(({ id }) => id);
    const old = await fixture.start(KEYS.old);
    const tokens = await Promise.all(ids.map((id) => old.token({ project_id: id })));
    // Of servers: what is tested is whether keys can be read, not how fast a machine is that does all this at once.
    const both = await fixture.start({ ...KEYS.both, DATABASE_STATEMENT_TIMEOUT: '10s' });
    const stored = both.running.app.get(DataSource).getRepository(ProjectEntity);
    const readable = cipherOf(KEYS.both);
    const present = `enc:v2:${new KeyRing(loadConfig({ MANAGEMENT_TOKEN, ...KEYS.fresh }).config).keyId}:`;
    const moved = () =>
      stored
        .createQueryBuilder('p')
        .where('p.apiKey LIKE :form', { form: `${present}%` })
        .getCount();
    const env = envFile({ ...fixture.variables, ...KEYS.both });

    const stopLoad = load(both, tokens);
    for (let kill = 0; kill < kills; kill += 1) {
      await killedAfter(1 + random(MOST_MOVED_BEFORE_A_KILL), env.path, moved);
      for (const { id, apiKey } of await stored.find({ select: { id: true, apiKey: true } }))
        expect(readable.decrypt(apiKey!, { projectId: id, column: 'api_key' }), `seed ${seed}`).toBe(keyOf(id));
    }
    await stopLoad();

    expect(await moved(), `seed ${seed}: the last kill came too late`).toBeLessThan(PROJECTS);
    expect((await fixture.migrate(['rotate'], KEYS.both)).stdout).toMatch(
      /^Encrypted \d+ upstream keys with the current key\.\nNo token needs the previous key/,
    );
    expect(await moved()).toBe(PROJECTS);
    expect((await fixture.migrate(['rotate'], KEYS.both)).stdout).toMatch(/^Nothing to do\.\n/);
    env.remove();
    const fresh = await fixture.start(KEYS.fresh);
    for (const { token, project_id: id } of tokens)
      expect(await fixture.call(fresh, token)).toEqual({ status: 200, code: null, key: keyOf(id) });
    await fixture.stop();
    await expect(fixture.start(KEYS.old)).rejects.toMatchObject({ exitCode: EXIT.config });
  });
});
