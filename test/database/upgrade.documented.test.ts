import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/database/sqlite/sqlite.schema.js';
import { EVENT_SCHEMA_VERSION } from '../../src/events/store/event.file.js';

it('the page on upgrades has the versions of the SQLite files', () => {
  const page = readFileSync('docs/guides/upgrade.md', 'utf8');
  expect(page).toContain(
    `This program has version ${SCHEMA_VERSION} of \`proxy.db\` and version ${EVENT_SCHEMA_VERSION} of \`proxy.events.db\`.`,
  );
});
