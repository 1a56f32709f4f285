import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { EXIT } from '../../src/common/errors/start.error.js';
import { TestApp, until, UPSTREAM_KEY } from '../support/app.js';
import { KeyHouse, KEYS } from '../support/key.house.js';
import { onEveryStore } from '../support/stores.js';

const works = { status: 200, code: null, key: UPSTREAM_KEY };

onEveryStore('PR-14 ENCRYPTION_KEY_PREVIOUS', (store) => {
  const house = KeyHouse.on(store);
  const idOf = (hash: string) => hash.split(':')[1];

  it('keeps what the old key made in use, and what is new is made with the new one', async () => {
    const old = await (await house.start(KEYS.old)).token();
    const app = await house.start(KEYS.both);
    expect(await house.call(app, old.token)).toEqual(works);
    const fresh = await app.token({ project_id: old.project_id });
    expect(await house.call(app, fresh.token)).toEqual(works);
    await app.manage('PATCH', `/manage/projects/${old.project_id}`, { api_key: 'sk-another-upstream-key' });
    expect(await house.call(app, old.token)).toEqual({ ...works, key: 'sk-another-upstream-key' });
    const [hash] = (await house.stored(app, 'tokens', 'secret_hash')).slice(-1);
    expect((await house.stored(app, 'projects', 'api_key'))[0]).toMatch(new RegExp(`^enc:v2:${idOf(hash!)}:`));
  });

  it('is no longer needed for a token once that was used', async () => {
    const before = await house.start(KEYS.old);
    const used = await before.token();
    const [made] = await house.stored(before, 'tokens', 'secret_hash');
    const app = await house.start(KEYS.both);
    expect(await house.call(app, used.token)).toEqual(works);
    await until('the token is hashed anew', async () => {
      const [hash] = await house.stored(app, 'tokens', 'secret_hash');
      return idOf(hash!) !== idOf(made!);
    });
    await app.manage('PATCH', `/manage/projects/${used.project_id}`, { api_key: UPSTREAM_KEY });
    expect(await house.call(await house.start(KEYS.fresh), used.token)).toEqual(works);
    await house.stop();
    await expect(house.start(KEYS.old)).rejects.toMatchObject({ exitCode: EXIT.config });
  });

  it('may not go while every token in use needs it', async () => {
    const app = await house.start(KEYS.old);
    const { project_id: projectId } = await app.token();
    await (await house.start(KEYS.both)).manage('PATCH', `/manage/projects/${projectId}`, { api_key: UPSTREAM_KEY });
    await house.stop();
    await expect(house.start(KEYS.fresh)).rejects.toMatchObject({ exitCode: EXIT.config });
  });

  it('may go when the tokens that need it have expired', async () => {
    const app = await house.start(KEYS.old);
    const { project_id: projectId } = await app.token();
    const both = await house.start(KEYS.both);
    await both.manage('PATCH', `/manage/projects/${projectId}`, { api_key: UPSTREAM_KEY });
    await both.running.app.get(DataSource).query('UPDATE tokens SET expires_at = 1');
    expect(await house.start(KEYS.fresh)).toBeInstanceOf(TestApp);
  });
});
