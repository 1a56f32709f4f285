import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { MANAGEMENT_TOKEN, TestApp, until } from '../support/app.js';
import { freshMysql } from '../support/databases.js';
import { MariadbServer } from '../support/mariadb.server.js';

const start = (url: string) => TestApp.start({ DB_DRIVER: 'mysql', DATABASE_URL: url });
const refusal = (why: RegExp) => ({ exitCode: 78, problems: [expect.stringMatching(why)] });

/** What a session there answers to a question. */
async function readyOn(url: string): Promise<unknown> {
  const app = await start(url);
  await until('it is ready', async () => (await fetch(`${app.url}/ready`)).status === 200);
  const [{ one }] = await app.running.app.get(DataSource).query('SELECT 1 AS one');
  await app.close();
  return one;
}

describe.skipIf(inject('mariadb') === null)('a MySQL URL', () => {
  let server: MariadbServer;
  let url: URL;
  beforeAll(async () => {
    server = await MariadbServer.start({ args: ['--skip-ssl'] });
    const { variables } = await freshMysql(server.url);
    url = new URL(variables['DATABASE_URL']!);
    const admin = await createConnection(server.url);
    await admin.query(`CREATE USER llm_proxy@'%' IDENTIFIED BY 'p/w'`);
    await admin.end();
  });
  afterAll(() => server.stop());

  it('names a socket, with and without a host', async () => {
    const socket = encodeURIComponent(join(server.folder, 'socket'));
    for (const parameter of ['socketPath', 'socket'])
      for (const host of ['', 'localhost'])
        expect(await readyOn(`mysql://root@${host}${url.pathname}?${parameter}=${socket}`)).toBe(1);
  });

  it.each(['DISABLED', 'PREFERRED', 'preferred'])(
    'connects without TLS where the server has none: %s',
    async (mode) => {
      for (const name of ['ssl-mode', 'sslMode']) expect(await readyOn(`${url.href}?${name}=${mode}`)).toBe(1);
    },
  );

  it.each(['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'])('says that the server has no TLS: %s', async (mode) => {
    await expect(start(`${url.href}?ssl-mode=${mode}`)).rejects.toMatchObject(
      refusal(/does not speak TLS: use ssl-mode/),
    );
  });

  it('F27 says in words what is wrong with the database', async () => {
    const { port } = url;
    await expect(start(`mysql://root@127.0.0.1:${port}/nodb`)).rejects.toMatchObject(refusal(/no database nodb/));
    const wrong = start(`mysql://llm_proxy:x@127.0.0.1:${port}${url.pathname}`);
    await expect(wrong).rejects.toMatchObject(refusal(/the password of llm_proxy is wrong/));
    const stranger = start(`mysql://llm_proxy:p%2Fw@127.0.0.1:${port}${url.pathname}`);
    await expect(stranger).rejects.toMatchObject(refusal(/llm_proxy has no privileges on the database test_/));
  });

  it('has no option that prints', async () => {
    expect(await readyOn(`${url.href}?debug=true&trace=true&nonsense=1`)).toBe(1);
  });
});

describe('a MySQL URL that is not right', () => {
  it.each([
    ['mysql://u:pw/x@localhost/db', /write %2F for \//],
    ['mysql://u:pw#x@localhost/db', /%23 for #/],
    ['mysql://u:pw@localhost/db?ssl-mode=on', /one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY/],
    ['mysql://u:pw@localhost/db?ssl-mode=REQUIRED&ssl-ca=/no/such', /ssl-ca that cannot be read \(ENOENT\)/],
  ])('is refused at the start, without a password in the line: %s', (DATABASE_URL, why) => {
    const load = () => loadConfig({ MANAGEMENT_TOKEN, DB_DRIVER: 'mysql', DATABASE_URL });
    expect(load).toThrow(why);
    expect(load).not.toThrow(/pw/);
  });
});
