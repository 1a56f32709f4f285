import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTIONS } from '../../src/common/audit/audit.action.js';

const PAGE = readFileSync('docs/security/audit.md', 'utf8');

/** The actions in the first cells of a marked table. */
function actionsOf(block: string): string[] {
  const table = new RegExp(`<!-- ${block} -->[^]*<!-- /${block} -->`).exec(PAGE)![0];
  return [...table.matchAll(/^\| `([a-z]+\.[a-z_.]+)` \|/gm)].map(([, action]) => action!);
}

it('the page of the audit log has each action once, and no other', () => {
  expect([...actionsOf('actions'), ...actionsOf('system')].toSorted()).toEqual(ACTIONS.toSorted());
});
