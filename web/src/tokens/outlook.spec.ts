import { expect, it } from 'vitest';
import { outlook, type OutlookToken } from './outlook';

const NOW = Date.parse('2026-11-28T00:00:00Z');
const token = (more: Partial<OutlookToken>): OutlookToken => ({
  status: 'active',
  expires_at: '2026-12-08T00:00:00Z',
  max_requests: 100,
  remaining_requests: 50,
  ...more,
});

it.each([
  [{}, 25, 'At the pace of the last 24 hours its requests run out in 2 d, before its time does.'],
  [{}, 1, 'At the pace of the last 24 hours its requests run out in 50 d, after its time does.'],
  [{}, 0, 'It was not used in the last 24 hours: at that pace it ends with its time.'],
  [{}, undefined, undefined],
  [{ max_requests: null, remaining_requests: null }, 9, 'Its requests are unlimited: it ends with its time.'],
  [{ remaining_requests: 0 }, 9, 'Its requests are used up.'],
  [{ expires_at: '2026-11-27T00:00:00Z' }, 9, 'Its time is over.'],
  [{ status: 'revoked' }, 9, 'It is revoked: every request is refused.'],
  [{ status: 'project_inactive' }, 9, 'Its project is inactive: every request is refused.'],
] as const)('%j with %s requests a day: %s', (more, lastDay, sentence) => {
  expect(outlook(token(more), lastDay, NOW)).toBe(sentence);
});
