import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { migrate } from '../support/env.file.js';
import { goFile, goProject, goSecret, goToken } from '../support/go.database.js';
import { KEYS } from '../support/key.fixture.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { outcomeOf } from '../support/replicas.js';
import { type FreshStore, onServers } from '../support/databases.js';
import { TcpProxy } from '../support/tcp.proxy.js';

onServers('an imported token while the store is away', (store) => {
  const project = goProject();
  const token = goToken(project.id);
  let folder: string;
  let fresh: FreshStore;
  let wire: TcpProxy;
  let upstream: RecordingUpstream;
  let app: TestApp | undefined;

  const cut = () => {
    wire.refuse();
    wire.cutAll();
  };
  const start = async () => {
    const away = {
      DATABASE_URL: wire.through(fresh.variables['DATABASE_URL']!),
      OPENAI_API_URL: upstream.baseUrl,
    };
    return (app = await TestApp.listening({
      ...fresh.variables,
      ...away,
      ...KEYS.fresh,
    }));
  };
  const bring = async () => {
    const from = goFile(join(folder, 'go.db'), {
      projects: [project],
      tokens: [token],
    });
    expect(
      (
        await migrate(['import', '--from', from], {
          ...fresh.variables,
          ...KEYS.fresh,
        })
      ).code,
    ).toBe(0);
  };
  /** Every outcome until it is `last`. */
  async function outcomesUntil(last: string, secret = token.token): Promise<Set<unknown>> {
    const seen = new Set<unknown>();
    await until(last, async () => {
      const outcome = await outcomeOf(app!, { token: secret });
      seen.add(outcome);
      return outcome === last;
    });
    return seen;
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-go-'));
    fresh = await store.fresh();
    wire = await TcpProxy.start(Number(new URL(fresh.variables['DATABASE_URL']!).port));
    upstream = await RecordingUpstream.start();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    wire.close();
    await upstream.close();
    await fresh.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('DB-01 from the start: 503, never 401, and then served', async () => {
    await bring();
    cut();
    await start();
    expect(await outcomeOf(app!, token)).toBe('store_unavailable');
    await wire.accept();
    expect(await outcomesUntil('ok')).toEqual(new Set(['store_unavailable', 'ok']));
    expect(await outcomeOf(app!, { token: goSecret() })).toBe('token_not_found');
  });

  it('DB-01 from the start, of a database without any: 503 until that is known, and no further query then', async () => {
    cut();
    await start();
    expect(await outcomeOf(app!, token)).toBe('store_unavailable');
    await wire.accept();
    await outcomesUntil('token_malformed', goSecret());
  });
});
