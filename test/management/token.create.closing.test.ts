import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProjectService } from '../../src/project/project.service.js';
import { TestApp, until } from '../support/app.js';
import { lockWaits } from '../support/database.locks.js';
import { type FreshStore, onServers } from '../support/databases.js';

onServers('a token that is created while its project is being closed', (store) => {
  let fresh: FreshStore;
  let app: TestApp;
  /** Another replica: changes of one replica wait for each other before they reach the database. */
  let other: TestApp;
  beforeAll(async () => {
    fresh = await store.fresh();
    app = await TestApp.start(fresh.variables);
    other = await TestApp.start(fresh.variables);
  });
  afterAll(async () => {
    await other.close();
    await app.close();
    await fresh.drop();
  });

  it.each([
    ['deleted', 'DELETE', undefined, 404, 'project_not_found'],
    ['deactivated', 'PATCH', { is_active: false, revoke_tokens: true }, 403, 'project_inactive'],
  ] as const)('does not outlive it: %s', async (_what, method, body, status, code) => {
    const { id: project_id } = await app.project();
    const { closing, commit } = holdClosing();
    const closed = app.manage(method, `/manage/projects/${project_id}`, body);
    await closing;
    const created = other.manage('POST', '/manage/tokens', { project_id });
    await until('the creation waits', async () => (await lockWaits(app.running.app.get(DataSource))) === 1);
    commit();
    expect((await closed).ok).toBe(true);
    const answer = await created;
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
    const tokens = await app.manage('GET', `/manage/tokens?projectId=${project_id}`);
    expect(await tokens.json()).toEqual([]);
  });

  /** The next project to be closed has its changes made, and not committed before `commit`. */
  function holdClosing(): { closing: Promise<void>; commit: () => void } {
    let commit: () => void = () => undefined;
    const committed = new Promise<void>((resolve) => (commit = resolve));
    const closing = new Promise<void>((began) => {
      app.running.app.get(ProjectService).onClosing(() => {
        began();
        return committed;
      });
    });
    return { closing, commit };
  }
});
