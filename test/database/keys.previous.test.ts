import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { EXIT } from '../../src/common/errors/startup.error.js';
import { TestApp, until, UPSTREAM_KEY } from '../support/app.js';
import { KeyFixture, KEYS } from '../support/key.fixture.js';
import { onEveryStore } from '../support/databases.js';

const works = { status: 200, code: null, key: UPSTREAM_KEY };

onEveryStore('PR-14 ENCRYPTION_KEY_PREVIOUS', (store) => {
  const fixture = KeyFixture.on(store);
  const idOf = (hash: string) => hash.split(':')[1];

  it('keeps what the old key made in use, and what is new is made with the new one', async () => {
    const old = await (await fixture.start(KEYS.old)).token();
    const app = await fixture.start(KEYS.both);
    expect(await fixture.call(app, old.token)).toEqual(works);
    const fresh = await app.token({ project_id: old.project_id });
    expect(await fixture.call(app, fresh.token)).toEqual(works);
    await app.manage('PATCH', `/manage/projects/${old.project_id}`, { api_key: 'sk-another-upstream-key' });
    expect(await fixture.call(app, old.token)).toEqual({ ...works, key: 'sk-another-upstream-key' });
    const [hash] = (await fixture.stored(app, 'tokens', 'secret_hash')).slice(-1);
    expect((await fixture.stored(app, 'projects', 'api_key'))[0]).toMatch(new RegExp(`^enc:v2:${idOf(hash!)}:`));
  });

  it('is no longer needed for a token once that was used', async () => {
    const before = await fixture.start(KEYS.old);
    const used = await before.token();
    const [made] = await fixture.stored(before, 'tokens', 'secret_hash');
    const app = await fixture.start(KEYS.both);
    expect(await fixture.call(app, used.token)).toEqual(works);
    await until('the token is hashed anew', async () => {
      const [hash] = await fixture.stored(app, 'tokens', 'secret_hash');
      return idOf(hash!) !== idOf(made!);
    });
    await app.manage('PATCH', `/manage/projects/${used.project_id}`, { api_key: UPSTREAM_KEY });
    expect(await fixture.call(await fixture.start(KEYS.fresh), used.token)).toEqual(works);
    await fixture.stop();
    await expect(fixture.start(KEYS.old)).rejects.toMatchObject({ exitCode: EXIT.config });
  });

  it('may not go while every token in use needs it', async () => {
    const app = await fixture.start(KEYS.old);
    const { project_id: projectId } = await app.token();
    await (await fixture.start(KEYS.both)).manage('PATCH', `/manage/projects/${projectId}`, { api_key: UPSTREAM_KEY });
    await fixture.stop();
    await expect(fixture.start(KEYS.fresh)).rejects.toMatchObject({ exitCode: EXIT.config });
  });

  it('may go when the tokens that need it have expired', async () => {
    const app = await fixture.start(KEYS.old);
    const { project_id: projectId } = await app.token();
    const both = await fixture.start(KEYS.both);
    await both.manage('PATCH', `/manage/projects/${projectId}`, { api_key: UPSTREAM_KEY });
    await both.running.app.get(DataSource).query('UPDATE tokens SET expires_at = 1');
    expect(await fixture.start(KEYS.fresh)).toBeInstanceOf(TestApp);
  });
});
