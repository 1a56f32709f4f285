import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { TokenEntity } from '../../src/token/token.entity.js';
import { CapWatch } from '../../src/token/warnings/cap.watch.js';
import { TokenWarnings } from '../../src/token/warnings/token.warnings.js';
import { WarningSweep } from '../../src/token/warnings/warning.sweep.js';
import { TestApp } from '../support/app.js';
import { onEveryStore, onServers } from '../support/databases.js';
import { outcomeOf } from '../support/replicas.js';
import { until } from '../support/until.js';
import { unauthorized } from '../support/upstream.scenarios.js';
import { expiryOf, once, WarnedReplicas } from './warned.replicas.js';

const HOUR = 3_600_000;
/** Nothing listens on the port of discard. */
const DEAD = 'http://127.0.0.1:9';

onEveryStore('warnings', (store) => {
  const replicas = WarnedReplicas.forTests(store, store.driver === 'sqlite' ? 1 : 2);

  it('come once each at 20 % and 5 % of the lifetime and at its end', async () => {
    const token = await replicas.token({ duration_minutes: 60, name: 'web' });
    await replicas.look();
    expect((await replicas.row(token.id)).warnAt).toBeGreaterThan(Date.now());
    for (const percent of [19, 12, 4, 3]) {
      await replicas.set(token.id, { warnAt: 1 });
      await replicas.age(token.id, percent);
      await replicas.look();
      await replicas.look();
    }
    const [end, over] = [expiryOf(token), Date.now() - 1000];
    await replicas.set(token.id, { expiresAt: over });
    await replicas.set(token.id, { warnAt: over });
    await replicas.look();
    const withering = `token.withering:${token.id}:time`;
    expect(await replicas.told(token.id, 3)).toEqual(
      once(`${withering}-20-${end}`, `${withering}-5-${end}`, `token.expired:${token.id}:${over}`),
    );
    expect(replicas.lines(token.id)[0]).toMatchObject({
      level: 'warn',
      msg: `Token "web" has at most 20 % of its lifetime left: it expires at ${String(token['expires_at'])}.`,
      token_id: token.id,
      project_id: token.project_id,
      token_name: 'web',
    });
  });

  it('come once each at 20 % and 5 % of the cap and when it is used up', async () => {
    const token = await replicas.token({ max_requests: 20 });
    await replicas.use(token, 16);
    await replicas.look();
    await replicas.use(token, 3);
    await replicas.look();
    await replicas.use(token, 4);
    await replicas.look();
    const withering = `token.withering:${token.id}:cap`;
    expect(await replicas.told(token.id, 3)).toEqual(
      once(`${withering}-20-20`, `${withering}-5-20`, `token.exhausted:${token.id}:20`),
    );
  });

  it('are not repeated by a restart, nor lost by one between the notice and the row', async () => {
    const token = await replicas.token({ max_requests: 5 });
    const warnings = replicas.first.running.app.get(TokenWarnings, { strict: false });
    warnings['moveOn'] = () => Promise.reject(new Error('the process is gone'));
    await outcomeOf(replicas.first, token);
    await replicas.set(token.id, { requestCount: 5, lastUsedAt: Date.now(), warnAt: 1 });
    await expect(replicas.first.running.app.get(WarningSweep, { strict: false }).sweep()).rejects.toThrow('gone');
    expect((await replicas.row(token.id)).warnCount).toBe(4);
    await replicas.restart();
    await replicas.look();
    expect((await replicas.row(token.id)).warnCount).toBe(Number.MAX_SAFE_INTEGER);
    await replicas.restart();
    await replicas.look();
    expect(await replicas.told(token.id, 1)).toEqual(once(`token.exhausted:${token.id}:5`));
  });

  it('pass over what ended long before an upgrade', async () => {
    const [old, live] = [await replicas.token(), await replicas.token({ duration_minutes: 60 })];
    const past = Date.now() - 48 * HOUR;
    await replicas.set(old.id, { createdAt: past - HOUR, expiresAt: past, warnAt: 0 });
    await replicas.set(live.id, { warnAt: 0 });
    await replicas.age(live.id, 10);
    await replicas.look();
    expect(await replicas.told(live.id, 1)).toEqual(once(`token.withering:${live.id}:time-20-${expiryOf(live)}`));
    expect([replicas.lines(old.id), replicas.notices(old.id)]).toEqual([[], []]);
  });

  it('come anew for a new expiry and a new cap', async () => {
    const token = await replicas.token({ max_requests: 1, duration_minutes: 60 });
    await replicas.use(token, 1);
    await replicas.look();
    const expires = new Date(Date.now() + 2 * HOUR).toISOString();
    await replicas.first.manage('PATCH', `/manage/tokens/${token.id}`, { max_requests: 2, expires_at: expires });
    await replicas.use(token, 1);
    await replicas.age(token.id, 10);
    await replicas.look();
    await until('four notices', () => replicas.notices(token.id).length >= 3, 20_000);
    expect(
      replicas
        .notices(token.id)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      [
        `token.exhausted:${token.id}:1`,
        `token.exhausted:${token.id}:2`,
        `token.withering:${token.id}:time-20-${Date.parse(expires)}`,
      ].sort(),
    );
  });

  it('are not sent for a revoked token', async () => {
    const token = await replicas.token({ max_requests: 1 });
    await replicas.use(token, 1);
    await replicas.first.manage('DELETE', `/manage/tokens/${token.id}`);
    await replicas.look();
    expect((await replicas.row(token.id)).warnCount).toBe(Number.MAX_SAFE_INTEGER);
    expect(replicas.lines(token.id)).toEqual([]);
  });

  it('come after a reactivation for what passed while the token was revoked', async () => {
    const token = await replicas.token({ duration_minutes: 60 });
    const set = async (isActive: boolean) =>
      replicas.first.manage('PATCH', `/manage/tokens/${token.id}`, { is_active: isActive });
    await set(false);
    await replicas.age(token.id, 10);
    await replicas.look();
    expect(replicas.lines(token.id)).toEqual([]);
    await set(true);
    await replicas.look();
    expect(await replicas.told(token.id, 1)).toEqual(once(`token.withering:${token.id}:time-20-${expiryOf(token)}`));
  });

  it('know the first stages of new and replacing tokens without a look', async () => {
    const token = await replicas.token({ duration_minutes: 100, max_requests: 10 });
    const { createdAt, warnAt, warnCount } = await replicas.row(token.id);
    expect([warnAt - createdAt, warnCount]).toEqual([80 * 60_000, 8]);
    const replaced = await replicas.first.manage('POST', `/manage/tokens/${token.id}/replace`, { overlap_minutes: 1 });
    const { id } = (await replaced.json()) as { id: string };
    const next = await replicas.row(id);
    expect([next.warnAt - next.createdAt, next.warnCount]).toEqual([80 * 60_000, 8]);
  });

  it('move all tokens without one on in one statement, and never over a change', async () => {
    const project = await replicas.first.project({ name: randomUUID() });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await replicas.token({ project_id: project.id })).id);
    for (const id of ids) await replicas.set(id, { warnAt: 0, warnCount: 0 });
    const { app } = replicas.first.running;
    const warnings = app.get(TokenWarnings, { strict: false });
    const tokens = app.get(DataSource, { strict: false }).getRepository(TokenEntity);
    const read = await tokens.findBy({ projectId: project.id });
    await replicas.first.manage('DELETE', `/manage/tokens/${ids[0]}`);
    expect(await warnings.warn(read, Date.now())).toHaveLength(5);
    expect(await warnings.warn(await tokens.findBy({ projectId: project.id }), Date.now())).toEqual([]);
    const rows = await tokens.findBy({ projectId: project.id });
    for (const { id, warnAt, warnCount, expiresAt } of rows) {
      expect(warnAt < expiresAt).toBe(id !== ids[0]);
      expect(warnCount).toBe(Number.MAX_SAFE_INTEGER);
    }
  });

  it('need no statement for tokens without a cap', async () => {
    const token = await replicas.token();
    await replicas.look();
    const marks = replicas.apps.map(({ running }) => vi.spyOn(running.app.get(CapWatch, { strict: false }), 'mark'));
    await replicas.use(token, 4);
    for (const mark of marks) expect(mark).not.toHaveBeenCalled();
  });
});

onServers('warnings of upstreams', (store) => {
  const replicas = WarnedReplicas.forTests(store, 2, {
    UPSTREAM_BREAKER_FAILURES: '2',
    ALLOWED_PRIVATE_ORIGINS: DEAD,
  });

  it('name a refused key once over both replicas', async () => {
    const token = await replicas.token();
    replicas.upstream.reply(unauthorized());
    await replicas.use(token, 4);
    const day = new Date().toISOString().slice(0, 10);
    expect(await replicas.told(token.project_id, 1)).toEqual(once(`upstream.key_refused:${token.project_id}:${day}`));
  });

  it('name an opened breaker once over both replicas', async () => {
    const project = await replicas.first.project({ name: randomUUID(), base_url: DEAD });
    const token = await replicas.token({ project_id: project.id });
    const hour = new Date().toISOString().slice(0, 13);
    await replicas.use(token, 8);
    expect(await replicas.told(project.id, 1)).toEqual(once(`breaker.opened:${project.id}:${DEAD}:${hour}`));
  });
});

onServers('warnings while events are off', (store) => {
  const replicas = WarnedReplicas.forTests(store, 2, { OBSERVABILITY_ENABLED: 'false', DISPATCHER_SERVICES: '' });

  it('are one line over both replicas', async () => {
    const token = await replicas.token({ max_requests: 2 });
    await replicas.use(token, 3);
    await replicas.look();
    await replicas.look();
    expect(replicas.lines(token.id).map(({ warning }) => warning)).toEqual(['token.exhausted']);
  });
});

describe('TOKEN_WARN_AT=off', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start({ TOKEN_WARN_AT: 'off' })));
  afterAll(async () => app.close());

  it('leaves the ends alone', async () => {
    const [used, aged] = [await app.token({ max_requests: 10 }), await app.token()];
    const tokens = app.running.app.get(DataSource, { strict: false }).getRepository(TokenEntity);
    await tokens.update({ id: aged.id }, { createdAt: Date.now() - 400 * 24 * HOUR });
    for (const requestCount of [9, 10]) {
      await tokens.update({ id: used.id }, { requestCount, lastUsedAt: Date.now(), warnAt: 0 });
      await app.running.app.get(WarningSweep, { strict: false }).sweep();
    }
    const lines = app.log.split('\n').filter((line) => line.includes('"warning":'));
    expect(lines.map((line) => (JSON.parse(line) as { warning: string }).warning)).toEqual(['token.exhausted']);
  });
});
