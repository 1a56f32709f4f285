import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { freshPostgres } from '../support/databases.js';
import { PostgresServer } from '../support/postgres.server.js';
import { freePort } from '../support/free.port.js';

const SESSION = `SELECT ssl, application_name AS name FROM pg_stat_activity LEFT JOIN pg_stat_ssl USING (pid) WHERE pid = pg_backend_pid()`;
const start = (url: string) => TestApp.start({ DB_DRIVER: 'postgres', DATABASE_URL: url });
const refusal = (why: RegExp) => ({ exitCode: 78, problems: [expect.stringMatching(why)] });

async function sessionOn(url: string): Promise<{ ssl: boolean; name: string }> {
  const app = await start(url);
  try {
    await until('it is ready', async () => (await fetch(`${app.url}/ready`)).status === 200);
    expect(app.log).not.toMatch(/"level":"(?:warn|error)"(?!.*forget what it acknowledges)/);
    return (await app.running.app.get(DataSource).query(SESSION))[0];
  } finally {
    await app.close();
  }
}

describe.skipIf(inject('postgres') === null)('a PostgreSQL URL, as libpq reads it', () => {
  let plain: PostgresServer;
  let secure: PostgresServer;
  let folder: string;
  let url: (server: PostgresServer, parameters?: Record<string, string>) => string;
  const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-tls-'));
    chownSync(folder, 65_534, 65_534);
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=db.test', '-addext', 'subjectAltName=DNS:db.test'];
    const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9'];
    execFileSync('openssl', [...how, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    for (const file of [key, cert]) chownSync(file, 65_534, 65_534);
    const tls = ['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`];
    plain = await PostgresServer.start({ args: ['-c', `unix_socket_directories=${folder}`] });
    secure = await PostgresServer.start({ args: tls });
    const names = new Map<PostgresServer, string>();
    for (const server of [plain, secure]) {
      const { variables } = await freshPostgres(server.url);
      names.set(server, new URL(variables['DATABASE_URL']!).pathname.slice(1));
    }
    url = (server, parameters = {}) => `${server.url.replace(/postgres$/, names.get(server)!)}?${query(parameters)}`;
  });
  afterAll(async () => {
    await plain.stop();
    await secure.stop();
  });
  const cert = () => join(folder, 'cert.pem');

  it.each([
    [undefined, false, true],
    ['disable', false, false],
    ['allow', false, false],
    ['prefer', false, true],
  ] as const)(
    'case 46 sslmode=%s connects without TLS where the server has none',
    async (sslmode, onPlain, onSecure) => {
      const mode: Record<string, string> = sslmode === undefined ? {} : { sslmode };
      expect((await sessionOn(url(plain, mode))).ssl).toBe(onPlain);
      expect((await sessionOn(url(secure, mode))).ssl).toBe(onSecure);
    },
  );

  it.each(['require', 'no-verify'])('case 46 sslmode=%s says that the server has no TLS', async (sslmode) => {
    await expect(start(url(plain, { sslmode }))).rejects.toMatchObject(
      refusal(/does not speak TLS: use sslmode=disable/),
    );
    expect((await sessionOn(url(secure, { sslmode }))).ssl).toBe(true);
  });

  it('verifies the authority with verify-ca, and with require when sslrootcert is there', async () => {
    for (const sslmode of ['verify-ca', 'require'])
      expect((await sessionOn(url(secure, { sslmode, sslrootcert: cert() }))).ssl).toBe(true);
    const other = join(folder, 'other.pem');
    const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9'];
    execFileSync('openssl', [...how, '-subj', '/CN=x', '-keyout', join(folder, 'k'), '-out', other], {
      stdio: 'ignore',
    });
    for (const sslmode of ['verify-ca', 'require'])
      await expect(start(url(secure, { sslmode, sslrootcert: other }))).rejects.toMatchObject(
        refusal(/the certificate of the server is signed by/),
      );
  });

  it('verifies the name, too, with verify-full', async () => {
    const full = { sslmode: 'verify-full', sslrootcert: cert() };
    await expect(start(url(secure, full))).rejects.toMatchObject(refusal(/is not for 127\.0\.0\.1/));
    await expect(start(url(secure, { sslmode: 'verify-full' }))).rejects.toMatchObject(refusal(/signed by itself/));
  });

  it('case 47 connects through a socket, in each way to write it', async () => {
    const { port, pathname } = new URL(url(plain));
    for (const written of [
      `postgres://postgres@${pathname}?host=${folder}&port=${port}`,
      `postgres://postgres@localhost${pathname}?host=${folder}&port=${port}`,
      `postgres://postgres@${encodeURIComponent(folder)}:${port}${pathname}`,
      `postgresql://postgres@${encodeURIComponent(folder)}:${port}${pathname}?schema=public&sslmode=require`,
      `postgresql:///${pathname.slice(1)}?host=${folder}&port=${port}&user=postgres`,
    ])
      expect((await sessionOn(written)).ssl).toBe(false);
  });

  it('finds the host of several that answers, and the one that accepts writes', async () => {
    const { port } = new URL(url(plain));
    expect((await sessionOn(`postgres://postgres@127.0.0.1:${await freePort()},127.0.0.1:${port}/postgres`)).ssl).toBe(
      false,
    );
    const standby = await PostgresServer.start({ args: ['-c', 'default_transaction_read_only=on'] });
    const hosts = `127.0.0.1:${new URL(standby.url).port},127.0.0.1:${port}`;
    for (const target of ['', '?target_session_attrs=read-write', '?target_session_attrs=primary'])
      await sessionOn(`postgres://postgres@${hosts}/postgres${target}`);
    await standby.stop();
  });

  it('passes application_name and options on', async () => {
    expect((await sessionOn(url(plain))).name).toBe('llm-proxy');
    expect((await sessionOn(url(plain, { application_name: 'mine', options: '-c search_path=public' }))).name).toBe(
      'mine',
    );
  });

  it('F27 says in words what is wrong with the database', async () => {
    const nodb = url(plain).replace(/test_[0-9a-f]+/, 'nodb');
    await expect(start(nodb)).rejects.toMatchObject(refusal(/there is no database nodb: create it \(3D000/));
    const stranger = url(plain).replace('postgres@', 'stranger@');
    await expect(start(stranger)).rejects.toMatchObject(refusal(/does not admit stranger/));
  });

  it('F28 says in one short line that nothing listens, once', async () => {
    const app = await TestApp.listening({
      DB_DRIVER: 'postgres',
      DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/db',
    });
    const lines = app.log.split('\n').filter((line) => /"level":"(?:warn|error)"/.test(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('nothing listens at 127.0.0.1:1 (ECONNREFUSED)');
    expect(lines[0]!.length).toBeLessThan(400);
    await app.close();
  });
});
