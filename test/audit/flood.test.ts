import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DeniedRows, ROWS_OF_ADDRESS } from '../../src/changes/denied.rows.js';
import { Clock } from '../../src/common/values/clock.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { rowsOf } from '../support/audit.rows.js';
import { operator } from '../support/operators.js';

const CALLS = 300;

describe('many calls without a credential', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
    const now = Date.now();
    vi.spyOn(app.running.app.get(Clock), 'now').mockReturnValue(now);
  });
  afterAll(() => app.close());

  it('have a bounded number of rows, and one with the number of the others', async () => {
    const rows = await rowsOf(app, async () => {
      for (let n = 0; n < CALLS; n += 50) {
        const calls = Array.from({ length: 50 }, () => app.manage('GET', '/manage/tokens', undefined, 'wrong'));
        for (const { status } of await Promise.all(calls)) expect([401, 429]).toContain(status);
      }
      await app.running.app.get(DeniedRows, { strict: false }).writeSuppressed();
    });
    expect(rows).toHaveLength(ROWS_OF_ADDRESS + 1);
    expect(new Set(rows.map(({ action, outcome }) => `${action} ${outcome}`))).toEqual(new Set(['auth.denied denied']));
    expect(rows.at(-1)).toMatchObject({ actor: 'system', origin: 'system' });
    expect(rows.at(-1)!.metadata).toEqual({ suppressed: CALLS - ROWS_OF_ADDRESS, addresses: ['127.0.0.1'] });
  });

  it('do not keep the rows of those with a credential away', async () => {
    const { token, id } = await operator(app);
    const rows = await rowsOf(app, async () => {
      for (let n = 0; n < 70; n += 1)
        expect((await app.manage('POST', '/manage/projects', {}, token)).status).toBe(403);
      expect((await app.manage('POST', '/manage/projects', {}, MANAGEMENT_TOKEN)).status).toBe(400);
    });
    expect(rows.filter(({ actor_id }) => actor_id === id)).toHaveLength(70);
    expect(rows.at(-1)).toMatchObject({ action: 'project.create', outcome: 'failure' });
  });
});
