import { describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { openForMaintenance } from '../../src/database/data.source.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { freshPostgres } from '../support/databases.js';
import { TcpProxy } from '../support/tcp.proxy.js';

describe.skipIf(inject('postgres') === null)('a connection that breaks while a start asks for the version', () => {
  it('fails the try, and ends no process', async () => {
    const store = await freshPostgres(inject('postgres')!);
    const wire = await TcpProxy.start(Number(new URL(store.variables['DATABASE_URL']!).port));
    const DATABASE_URL = wire.through(store.variables['DATABASE_URL']!);
    const { database } = loadConfig({ ...store.variables, DATABASE_URL, MANAGEMENT_TOKEN }).config;
    const cut = wire.cutAfterRequest((bytes) => bytes.includes('server_version'));
    // An error that nobody listens to would fail the run of the tests.
    await expect(openForMaintenance(database, [], 5000)).rejects.toThrow();
    await cut;
    wire.close();
    await store.drop();
  });
});
