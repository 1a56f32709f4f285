import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTIONS } from '../../src/common/audit/audit.action.js';

const PAGE = readFileSync('docs/security/audit.md', 'utf8');

it('the page of the audit log has each action', () => {
  const named = new Set([...PAGE.matchAll(/^\| `([a-z]+\.[a-z_.]+)` \|/gm)].map(([, action]) => action));
  // Those of the server and of the log itself have sections of their own.
  const own = ACTIONS.filter((action) => /^(?:project|token|operator|request|auth)\./.test(action));
  expect(own.filter((action) => !named.has(action))).toEqual([]);
  expect([...named].filter((action) => !(ACTIONS as readonly string[]).includes(action!))).toEqual([]);
});
