import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OperatorEntity } from '../../src/auth/operator.entity.js';
import type { Actor, Role } from '../../src/common/values/actor.js';
import { ProjectService } from '../../src/project/project.service.js';
import { projectView } from '../../src/project/project.view.js';
import { TokenLists } from '../../src/token/listing/token.lists.js';
import { TokenService } from '../../src/token/token.service.js';
import { TestApp, type TokenAnswer } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

onEveryStore('an actor of one project', (onStore) => {
  let fresh: FreshStore;
  let app: TestApp;
  let own: TokenAnswer;
  let foreign: TokenAnswer;
  let tokens: TokenService;
  let lists: TokenLists;
  let projects: ProjectService;
  const actor = (role: Role, ...seen: string[]): Actor => ({
    kind: 'operator',
    origin: 'api',
    id: randomUUID(),
    name: 'someone',
    role,
    projects: new Set(seen),
  });
  let admin: Actor;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    app = await TestApp.start(fresh.variables);
    own = await app.token({ project_id: (await app.project({ name: 'own' })).id });
    foreign = await app.token({ project_id: (await app.project({ name: 'foreign' })).id });
    tokens = app.running.app.get(TokenService);
    lists = app.running.app.get(TokenLists);
    projects = app.running.app.get(ProjectService);
    admin = actor('admin', own.project_id);
    // A change is refused to an author that is no operator in force.
    const { id, name, role } = admin;
    await app.running.app.get(DataSource).manager.insert(OperatorEntity, {
      id: id!,
      name: name!,
      nameKey: name!,
      role,
      projects: [own.project_id],
      secretHash: id!,
      secretDisplay: 'sk-op-…',
      isActive: true,
      createdAt: 0,
    });
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  const ids = ({ entries }: { entries: { id: string }[] }) => entries.map(({ id }) => id);

  it('lists its own project and the tokens of it', async () => {
    expect(ids(await projects.list(admin, {}))).toEqual([own.project_id]);
    expect(ids(await lists.page(admin, {}))).toEqual([own.id]);
    expect(ids(await lists.page(admin, { projectId: own.project_id.toUpperCase() }))).toEqual([own.id]);
    expect(await lists.page(admin, { projectId: foreign.project_id })).toMatchObject({ entries: [], total: 0 });
    expect(await lists.page(actor('viewer'), {})).toMatchObject({ entries: [], total: 0 });
    expect(await projects.list(actor('viewer'), { includeDeleted: true })).toEqual({ entries: [], total: 0 });
  });

  it('finds no other token, and changes none', async () => {
    const missing = { status: 404, code: 'token_not_found' };
    await expect(tokens.visible(admin, foreign.id)).rejects.toMatchObject(missing);
    await expect(tokens.update(admin, foreign.id, { name: 'mine' })).rejects.toMatchObject(missing);
    await expect(tokens.revoke(admin, foreign.id)).rejects.toMatchObject(missing);
    expect(await app.tokenById(foreign.id)).toMatchObject({ is_active: true, status: 'active' });
    expect((await tokens.update(admin, own.id, { name: 'Mine' })).nameLower).toBe('mine');
  });

  it('finds no other project, and changes none', async () => {
    const missing = { status: 404, code: 'project_not_found' };
    const { project_id } = foreign;
    await expect(projects.visible(admin, project_id)).rejects.toMatchObject(missing);
    await expect(projects.update(admin, project_id, { name: 'mine' })).rejects.toMatchObject(missing);
    await expect(projects.remove(admin, project_id)).rejects.toMatchObject(missing);
    await expect(tokens.revokeAll(admin, project_id)).rejects.toMatchObject(missing);
    await expect(tokens.create(admin, { project_id })).rejects.toMatchObject(missing);
    expect((await tokens.create(admin, { project_id: own.project_id })).token.projectId).toBe(own.project_id);
  });

  it('is shown a new project as it is stored', async () => {
    const created = await app.project({ name: 'new' });
    expect(created).toEqual(await (await app.manage('GET', `/manage/projects/${created.id}`)).json());
    expect(created).toMatchObject({ labels: null, owner: null, max_requests_per_day: null });
  });

  it('sees the display form of the upstream key as an admin alone', async () => {
    const project = await projects.visible(admin, own.project_id);
    const shown = (['viewer', 'manager', 'admin'] as const).map((role) => projectView(project, actor(role), 0).api_key);
    expect(shown).toEqual([null, null, project.apiKeyDisplay]);
  });
});
