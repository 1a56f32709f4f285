import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Events } from '../../src/events/events.js';
import { eventFileOf } from '../../src/events/store/event.file.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('OBSERVABILITY_ENABLED=false', () => {
  const fixture = ProxyFixture.forTests({ OBSERVABILITY_ENABLED: 'false' });

  it('starts no worker, and makes no file of events', async () => {
    expect((await fixture.call({ body: '{}' })).status).toBe(200);
    expect((await fixture.call({ headers: [] })).status).toBe(401);
    const events = fixture.app.running.app.get(Events, { strict: false });
    expect([events.isOn, events.thread.isStarted]).toEqual([false, false]);
    expect(existsSync(eventFileOf(join(fixture.app.folder, 'proxy.db')))).toBe(false);
  });
});
