import { createCipheriv, randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { ProjectEntity } from '../../src/project/project.entity.js';
import type { TestApp } from '../support/app.js';
import { UPSTREAM_KEY } from '../support/app.js';
import { KeyFixture, KEYS, NEW_KEY, OLD_KEY } from '../support/key.fixture.js';
import { operator, whoIs } from '../support/operators.js';
import { until } from '../support/until.js';
import { onEveryStore } from '../support/databases.js';

/** As the Go system sealed. */
function sealedByGo(text: string, key: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `enc:v1:${sealed.toString('base64')}`;
}

const projectsOf = (app: TestApp) => app.running.app.get(DataSource).getRepository(ProjectEntity);

onEveryStore('llm-proxy migrate', (store) => {
  const fixture = KeyFixture.on(store);
  const json = async (command: string, keys: Parameters<KeyFixture['migrate']>[1]) => {
    const { code, stdout } = await fixture.migrate([command, '--json'], keys);
    return { code, ...(JSON.parse(stdout) as Record<string, unknown>) };
  };

  it('encrypt seals what rests in clear or as the Go system left it, beside a server, and only once', async () => {
    const app = await fixture.start(KEYS.none);
    const [clear, go] = [await app.token(), await app.token()];
    await projectsOf(app).update({ id: go.project_id }, { apiKey: sealedByGo('sk-sealed-by-go', NEW_KEY) });
    const keyed = await fixture.start(KEYS.fresh);
    expect(await fixture.call(keyed, go.token)).toMatchObject({ status: 200, key: 'sk-sealed-by-go' });

    expect(await json('encrypt-status', KEYS.fresh)).toMatchObject({
      code: 1,
      left: [expect.stringMatching(/^2 upstream keys/)],
    });
    expect(await json('encrypt', KEYS.fresh)).toEqual({ code: 0, moved: 2, unreadable: [] });
    for (const apiKey of await fixture.stored(keyed, 'projects', 'api_key')) expect(apiKey).toMatch(/^enc:v2:/);
    expect(await json('encrypt', KEYS.fresh)).toEqual({ code: 0, moved: 0, unreadable: [] });
    expect(await json('encrypt-status', KEYS.fresh)).toMatchObject({ code: 0, left: [] });

    const again = await fixture.start(KEYS.fresh);
    expect(await fixture.call(again, clear.token)).toMatchObject({ status: 200, key: UPSTREAM_KEY });
    expect(await fixture.call(again, go.token)).toMatchObject({ status: 200, key: 'sk-sealed-by-go' });
  });

  it('PR-14 rotate moves everything to the new key and says which tokens still need the old one', async () => {
    const app = await fixture.start(KEYS.old);
    const { token, project_id: projectId, expires_at: expiry } = await app.token();
    await app.project();
    const both = await fixture.start(KEYS.both);
    expect(await json('rotate', KEYS.both)).toEqual({
      code: 0,
      moved: 2,
      unreadable: [],
      tokens_waiting: 1,
      last_expiry: expiry,
      operators_waiting: 0,
    });
    expect(await json('encrypt-status', KEYS.both)).toMatchObject({
      code: 1,
      left: [expect.stringMatching(/^1 token in use/)],
    });
    expect(await fixture.call(both, token)).toMatchObject({ status: 200, key: UPSTREAM_KEY });
    await both.token({ project_id: projectId });
    const { stdout } = await fixture.migrate(['rotate'], KEYS.both);
    expect(stdout).toBe('Nothing to do.\nNo token needs the previous key: you may remove ENCRYPTION_KEY_PREVIOUS.\n');
    expect(await json('encrypt-status', KEYS.fresh)).toMatchObject({ code: 0, left: [] });
  });

  it('PR-14 rotate says which operators still need the old key; each moves at its next call', async () => {
    const app = await fixture.start(KEYS.old);
    const { id, token } = await operator(app);
    const both = await fixture.start(KEYS.both);
    expect(await json('rotate', KEYS.both)).toMatchObject({ tokens_waiting: 0, operators_waiting: 1 });
    expect(await json('encrypt-status', KEYS.both)).toMatchObject({
      code: 1,
      left: [expect.stringMatching(/^1 operator in use/)],
    });
    expect(await whoIs(both, token)).toMatchObject({ id });
    await until('it is hashed anew', async () => {
      const { operators_waiting: waiting }: Record<string, unknown> = await json('rotate', KEYS.both);
      return waiting === 0;
    });
    expect(await whoIs(both, token)).toMatchObject({ id });
    expect(await whoIs(await fixture.start(KEYS.fresh), token)).toMatchObject({ id });
    expect(await json('encrypt-status', KEYS.fresh)).toMatchObject({ code: 0, left: [] });
  });

  it('PR-16 leaves a value that does not open as it is, and names its project', async () => {
    const app = await fixture.start(KEYS.old);
    const [good, bad] = [await app.project(), await app.project()];
    const { apiKey } = await projectsOf(app).findOneByOrFail({ id: good.id });
    await projectsOf(app).update({ id: bad.id }, { apiKey });
    expect(await json('rotate', KEYS.both)).toMatchObject({ code: 1, moved: 1, unreadable: [bad.id] });
    expect((await projectsOf(app).findOneByOrFail({ id: bad.id })).apiKey).toBe(apiKey);
    expect(await json('encrypt-status', KEYS.both)).toMatchObject({ code: 1, unreadable: [bad.id] });
  });

  it('PR-16 rotate names a value that does not open under whichever key, and does not let the previous one go', async () => {
    const app = await fixture.start(KEYS.fresh);
    const [good, copied, foreign] = [await app.project(), await app.project(), await app.project()];
    const { apiKey } = await projectsOf(app).findOneByOrFail({ id: good.id });
    await projectsOf(app).update({ id: copied.id }, { apiKey });
    const spoilt = [[copied.id], [copied.id, foreign.id].toSorted()];
    for (const unreadable of spoilt) {
      expect(await json('rotate', KEYS.both)).toMatchObject({ code: 1, moved: 0, unreadable });
      const { code, stdout, stderr } = await fixture.migrate(['rotate'], KEYS.both);
      expect({ code, stdout }).toEqual({ code: 1, stdout: 'Nothing to do.\nNo token needs the previous key.\n' });
      for (const id of unreadable) expect(stderr).toContain(id);
      await projectsOf(app).update({ id: foreign.id }, { apiKey: 'enc:v9:of-a-program-to-come' });
    }
  });

  it('changes nothing with a key that is not the database’s', async () => {
    const app = await fixture.start(KEYS.old);
    await app.project();
    const before = await fixture.stored(app, 'projects', 'api_key');
    for (const command of ['encrypt', 'rotate']) {
      const keys =
        command === 'rotate' ? { ...KEYS.fresh, ENCRYPTION_KEY_PREVIOUS: NEW_KEY.replace('Z', 'Y') } : KEYS.fresh;
      const { code, stdout, stderr } = await fixture.migrate([command], keys);
      expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
      expect(stderr).toMatch(/^llm-proxy: ENCRYPTION_KEY is the key [0-9a-f]{8}, but stored values need the key/);
    }
    expect(await fixture.stored(app, 'projects', 'api_key')).toEqual(before);
  });

  it.each([
    ['encrypt', KEYS.none, /^llm-proxy: ENCRYPTION_KEY is not set/],
    ['rotate', KEYS.fresh, /^llm-proxy: ENCRYPTION_KEY_PREVIOUS is not set: set it to the old key/],
  ])('%s says which key it needs', async (command, keys, line) => {
    await (await fixture.start(KEYS.none)).project();
    const { code, stderr } = await fixture.migrate([command], keys);
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringMatching(line) });
  });

  it('SL-14 shows no secret', async () => {
    const app = await fixture.start(KEYS.old);
    const { token } = await app.token();
    await projectsOf(app).update({ isActive: true }, { apiKey: UPSTREAM_KEY });
    const shown: string[] = [];
    for (const argv of [['encrypt-status'], ['rotate', '--json'], ['encrypt'], ['encrypt-status', '--json']])
      shown.push(...Object.values(await fixture.migrate(argv, KEYS.both)).map(String));
    expect(shown.join('\n')).toContain('Encrypted 1 upstream key');
    for (const secret of [UPSTREAM_KEY, token, OLD_KEY, NEW_KEY]) expect(shown.join('\n')).not.toContain(secret);
  });
});
