import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorEntity } from '../../src/auth/operator.entity.js';
import { MAX_OPERATORS } from '../../src/common/values/limits.js';
import { TestApp } from '../support/app.js';
import { operator, whoIs } from '../support/operators.js';
import { refused } from '../support/refusal.js';

describe('operators up to their limit', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.close());

  it('are created and brought back while there are fewer active ones', async () => {
    const [first, revoked] = [await operator(app), await operator(app)];
    await app.manage('DELETE', `/manage/operators/${revoked.id}`);
    await fill(app, MAX_OPERATORS - 2);
    const last = await operator(app, { name: 'the last' });
    const full = { status: 409, code: 'too_many_operators' };
    const change = (id: string, body: object) => app.manage('PATCH', `/manage/operators/${id}`, body);
    expect(await refused(app.manage('POST', '/manage/operators', { name: 'beyond', role: 'viewer' }))).toMatchObject(
      full,
    );
    expect(await refused(change(revoked.id, { is_active: true }))).toMatchObject(full);
    expect((await change(first.id, { is_active: true, name: 'renamed' })).status).toBe(200);
    expect(await whoIs(app, first.token)).toMatchObject({ name: 'renamed' });
    expect((await app.manage('DELETE', `/manage/operators/${last.id}`)).status).toBe(204);
    expect((await change(revoked.id, { is_active: true })).status).toBe(200);
    expect(await whoIs(app, revoked.token)).toMatchObject({ id: revoked.id });
  });

  /** Active operators of other names, written as rows. */
  async function fill({ running }: TestApp, count: number): Promise<void> {
    const operators = running.app.get(DataSource).getRepository(OperatorEntity);
    const [{ id: _, ...row }] = (await operators.findBy({ isActive: true })) as [OperatorEntity];
    const rows = Array.from({ length: count }, (__, i) => ({
      ...row,
      id: randomUUID(),
      name: `filled ${i}`,
      nameKey: `filled ${i}`,
      secretHash: `sha256:${i}`,
    }));
    for (let at = 0; at < count; at += 500) await operators.insert(rows.slice(at, at + 500));
  }
});
