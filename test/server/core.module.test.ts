import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { CoreModule } from '../../src/core.module.js';
import { Lifecycle } from '../../src/http/lifecycle.js';
import { ProxyController } from '../../src/proxy/proxy.controller.js';
import { ReplicaRegistry } from '../../src/replicas/replica.registry.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';

describe(CoreModule.name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-test-'));
  const { config } = loadConfig({ MANAGEMENT_TOKEN, ENCRYPTION_KEY, DATABASE_PATH: join(folder, 'proxy.db') });
  const start = async () =>
    NestFactory.createApplicationContext(
      CoreModule.forRoot({ config, role: 'dispatcher', lifecycle: new Lifecycle() }),
      {
        logger: false,
        abortOnError: false,
      },
    );
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('starts without the rooms of a server, and releases the database when it is closed', async () => {
    const core = await start();
    const database = core.get(DataSource);
    expect(await core.get(ReplicaRegistry).read()).toMatchObject([{ isThis: true }]);
    expect(() => core.get(ProxyController, { strict: false })).toThrow();
    await core.close();
    expect(database.isInitialized).toBe(false);
    // A second process may open the file: its lock is free, and the first has left the registry.
    const next = await start();
    expect(await next.get(ReplicaRegistry).read()).toHaveLength(1);
    await next.close();
  });
});
