import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';

const TOKEN = 'metrics-canary-0123456789abcdefghijklmnop';

describe('access to the metrics', () => {
  let app: TestApp | undefined;
  afterEach(async () => app?.close());

  const status = async (path: string, credential?: string): Promise<number> => {
    const headers = credential === undefined ? undefined : { authorization: `Bearer ${credential}` };
    return (await fetch(`${app!.url}${path}`, headers ? { headers } : {})).status;
  };

  it('needs the metrics token where there is one', async () => {
    app = await TestApp.start({ METRICS_TOKEN: TOKEN });
    for (const path of ['/metrics', '/metrics/prometheus']) {
      expect(await status(path)).toBe(401);
      expect(await status(path, MANAGEMENT_TOKEN)).toBe(401);
      expect(await status(path, TOKEN)).toBe(200);
    }
    expect(await status('/manage/projects', TOKEN)).toBe(401);
    expect(app.log).not.toContain(TOKEN);
  });

  it('is slowed for those who guess', async () => {
    app = await TestApp.start({ METRICS_TOKEN: TOKEN });
    for (let guess = 0; guess < 30; guess += 1) await status('/metrics', `guess-${guess}`);
    expect(await status('/metrics', 'guess')).toBe(429);
    expect(await status('/metrics', TOKEN)).toBe(200);
  });

  it('has the path of METRICS_PATH', async () => {
    app = await TestApp.start({ METRICS_PATH: '/internal/figures' });
    expect(await status('/internal/figures')).toBe(200);
    expect(await status('/internal/figures/prometheus')).toBe(200);
    expect(await status('/metrics')).toBe(404);
    expect(app.accessLines.filter(({ path }) => String(path).startsWith('/internal'))).toEqual([]);
  });

  it('ends with ENABLE_METRICS=false', async () => {
    app = await TestApp.start({ ENABLE_METRICS: 'false' });
    expect(await status('/metrics')).toBe(404);
  });

  it.each(['/v1/metrics', '/manage', '/', 'metrics', '/health', '/met rics', '/docs/x', '/a/../b', '/:x', '/a/'])(
    'refuses the path %s',
    (path) => {
      expect(() => loadConfig({ MANAGEMENT_TOKEN, METRICS_PATH: path })).toThrow(/METRICS_PATH must/);
    },
  );

  it('refuses the management token as the metrics token', () => {
    expect(() => loadConfig({ MANAGEMENT_TOKEN, METRICS_TOKEN: MANAGEMENT_TOKEN })).toThrow(
      /METRICS_TOKEN must differ/,
    );
  });
});
