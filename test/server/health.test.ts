import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VERSION } from '../../src/common/values/package.js';
import { DatabaseService } from '../../src/database/database.service.js';
import { HealthService } from '../../src/health/health.service.js';
import { ReplicaRegistry } from '../../src/replicas/replica.registry.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { RawClient } from '../support/raw.client.js';

describe('health', () => {
  let app: TestApp;
  beforeEach(async () => void (app = await TestApp.start()));
  afterEach(async () => {
    vi.restoreAllMocks();
    await app.close();
  });

  async function get(path: string) {
    const answer = await fetch(`${app.url}${path}`);
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, body: type.includes('json') ? await answer.json() : await answer.text() };
  }
  const text = (body: string) => ({ status: 200, type: 'text/plain; charset=utf-8', body });
  const report = (status: string, database: string) => ({
    status,
    version: VERSION,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    uptime_seconds: expect.toSatisfy((value) => Number.isInteger(value) && Number(value) >= 0),
    checks: { database, events: 'ok' },
    replicas: [expect.objectContaining({ is_this: true, revisions_behind: 0, silent_ms: 0 })],
  });

  it('is well when all is well', async () => {
    expect(await get('/live')).toEqual(text('alive'));
    expect(await get('/ready')).toEqual(text('ready'));
    expect(await get('/health')).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: report('ok', 'ok'),
    });
    expect(VERSION).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('answers %s, also over HTTP/1.0 without a Host', async (method) => {
    const ask = async (target: string): Promise<number> => {
      const client = await RawClient.connect(app.port);
      await client.write(`${method} ${target} HTTP/1.0\r\n\r\n`);
      const { status } = await client.response({ method });
      client.destroy();
      return status;
    };
    const targets = ['/live', '/ready', '/health', ...(method === 'OPTIONS' ? ['/'] : [])];
    for (const target of targets) expect([target, await ask(target)]).toEqual([target, 200]);
    app.running.lifecycle.ready = false;
    for (const target of targets) expect([target, await ask(target)]).toEqual([target, target === '/live' ? 200 : 503]);
  });

  it('names hosts and processes to the operator alone', async () => {
    const names = async (authorization?: string) => {
      const answer = await fetch(`${app.url}/health`, { headers: authorization ? { authorization } : {} });
      const { replicas } = (await answer.json()) as { replicas: { id: string; name?: string }[] };
      expect([answer.status, replicas.length]).toEqual([200, 1]);
      return replicas.map(({ name }) => name);
    };
    expect(await names()).toEqual([undefined]);
    expect(await names('Bearer of something else')).toEqual([undefined]);
    expect(await names(`Bearer ${MANAGEMENT_TOKEN}`)).toEqual([`${hostname()}/${process.pid}`]);
  });

  it('costs the database one query for any number of concurrent requests', async () => {
    const read = vi.spyOn(app.running.app.get(ReplicaRegistry), 'read');
    const check = vi.spyOn(app.running.app.get(DatabaseService), 'check');
    const health = app.running.app.get(HealthService, { strict: false });
    await Promise.all([health.report(false), health.report(true), health.whyNotReady()]);
    expect([read.mock.calls.length, check.mock.calls.length]).toEqual([0, 1]);
    await health.whyNotReady();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('answers HEAD', async () => {
    for (const path of ['/live', '/ready', '/health'])
      expect((await fetch(`${app.url}${path}`, { method: 'HEAD' })).status).toBe(200);
  });

  it('is not ready when the database file was deleted under it, but lives', async () => {
    rmSync(join(app.folder, 'proxy.db'));
    expect(await get('/ready')).toMatchObject({
      status: 503,
      type: expect.stringContaining('application/json'),
      body: { status: 'not_ready', reason: 'database' },
    });
    expect(await get('/health')).toMatchObject({ status: 503, body: report('unavailable', 'down') });
    expect(await get('/live')).toEqual(text('alive'));
    expect(app.log).toContain('the database does not respond');
  });

  it('is not ready when the database fails, logs it once, and recovers', async () => {
    const store = vi.spyOn(app.running.app.get(DataSource), 'query').mockRejectedValue(new Error('the store is down'));
    for (let i = 0; i < 3; i += 1)
      expect(await get('/ready')).toMatchObject({ status: 503, body: { reason: 'database' } });
    store.mockRestore();
    expect(await get('/ready')).toEqual(text('ready'));
    expect(await get('/health')).toMatchObject({ status: 200 });
    expect(app.log.match(/the database does not respond/g)).toHaveLength(1);
    expect(app.log.match(/the database responds again/g)).toHaveLength(1);
    expect(JSON.stringify(await get('/health'))).not.toContain('the store is down');
  });

  it('is not ready when the database does not answer in time', async () => {
    let answer: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => (answer = resolve));
    const check = vi.spyOn(app.running.app.get(DatabaseService), 'check').mockReturnValue(silence);
    expect(await get('/ready')).toMatchObject({ status: 503, body: { reason: 'database' } });
    answer();
    check.mockRestore();
    expect(await get('/ready')).toEqual(text('ready'));
  });

  it('is not ready from the beginning of a stop on', async () => {
    app.running.lifecycle.ready = false;
    expect(await get('/ready')).toMatchObject({ status: 503, body: { status: 'not_ready', reason: 'draining' } });
    expect(await get('/health')).toMatchObject({ status: 503, body: report('draining', 'ok') });
    app.running.lifecycle.draining = true;
    expect(await get('/ready')).toMatchObject({ status: 503, body: { reason: 'draining' } });
    expect(await get('/live')).toEqual(text('alive'));
  });
});
