import { DataSource } from 'typeorm';
import { expect, it, vi } from 'vitest';
import { SecretCipher } from '../../src/crypto/secret.cipher.js';
import { ProjectEntity } from '../../src/project/project.entity.js';
import { ProjectReencryption } from '../../src/maintenance/project.reencryption.js';
import { KeyFixture, KEYS } from '../support/key.fixture.js';
import { onEveryStore } from '../support/databases.js';

onEveryStore('PR-14 a key that an operator changes while it is moved', (store) => {
  const fixture = KeyFixture.on(store);

  it('stays what the operator made it', async () => {
    const { token, project_id: id } = await (await fixture.start(KEYS.none)).token();
    const app = await fixture.start(KEYS.fresh);
    const projects = app.running.app.get(DataSource).getRepository(ProjectEntity);
    const find = projects.find.bind(projects);
    vi.spyOn(projects, 'find').mockImplementationOnce(async (options) => {
      const read = await find(options);
      // Still in clear, as a server without the key would leave it: it has to be moved, too.
      await projects.update({ id }, { apiKey: 'sk-of-the-operator' });
      return read;
    });
    const reencryption = new ProjectReencryption(projects, app.running.app.get(SecretCipher));
    expect(await reencryption.reencrypt(({ kind }) => kind === 'clear')).toEqual({ moved: 1, unreadable: [] });
    expect((await fixture.stored(app, 'projects', 'api_key'))[0]).toMatch(/^enc:v2:/);
    expect(await fixture.call(app, token)).toMatchObject({ status: 200, key: 'sk-of-the-operator' });
  });
});
