import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/common/values/package.js';
import { TestApp } from '../support/app.js';

describe('/admin/health', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start()));
  afterAll(() => app.close());

  const report = async (headers: Record<string, string> = {}): Promise<[number, Record<string, unknown>]> => {
    const answer = await fetch(`${app.url}/admin/health`, { headers });
    return [answer.status, (await answer.json()) as Record<string, unknown>];
  };

  it('says to anybody that the interface is served, and what /health says', async () => {
    const [status, body] = await report();
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
    expect([status, body]).toEqual([
      200,
      {
        admin: { status: 'ok', timestamp, service: 'admin-ui', version: VERSION },
        backend: expect.objectContaining({ status: 'ok', version: VERSION, timestamp }) as object,
      },
    ]);
  });

  it('says no more to the operator', async () => {
    const [, { backend }] = await report({ authorization: `Bearer ${app.variables['MANAGEMENT_TOKEN']}` });
    const { replicas } = backend as { replicas: object[] };
    expect(replicas.flatMap((replica) => Object.keys(replica))).not.toContain('name');
  });

  it('is 200 while the database is away', async () => {
    await app.running.app.get(DataSource).destroy();
    const [status, { admin, backend }] = await report();
    expect([status, admin, backend]).toMatchObject([200, { status: 'ok' }, { status: 'unavailable' }]);
  });
});
