import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { until } from '../support/until.js';
import { answer } from '../support/upstream.scenarios.js';

describe('a key that the upstream refuses', () => {
  const fixture = ProxyFixture.forTests();

  const warnings = () =>
    fixture.app.log
      .split('\n')
      .filter((line) => line.includes('"warning":"upstream.key_refused"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is a warning with the name of the project, once a day and project', async () => {
    const other = await fixture.app.token();
    await fixture.call({ headers: [['Authorization', 'Bearer sk-wt-unknown']] });
    await fixture.call();
    expect(warnings()).toEqual([]);
    for (const status of [401, 403, 401]) {
      fixture.upstream.reply(answer({ status, headers: [], body: '{}' }));
      expect((await fixture.call()).status).toBe(status);
    }
    await fixture.call({ headers: fixture.headers(other) });
    await until('two projects are named', () => warnings().length === 2);
    expect(warnings()[0]).toMatchObject({ level: 'warn', project_name: expect.any(String), status: 401 });
    expect(new Set(warnings().map((line) => line['project_id']))).toEqual(
      new Set([fixture.token['project_id'], other['project_id']]),
    );
  });
});
