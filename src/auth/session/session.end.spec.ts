import { describe, expect, it } from 'vitest';
import { whyEnded } from './session.end.js';

const admin = { enabled: true, idleMs: 10, maxMs: 100, rememberMs: 1000, rememberIdleMs: 50 };
const session = { remember: false, lastSeenAt: 100, expiresAt: 200, endedAt: null, endedBy: null };

describe(whyEnded, () => {
  it('has a bound by use and one by time', () => {
    expect(whyEnded(session, 109, admin)).toBeUndefined();
    expect(whyEnded(session, 110, admin)).toContain('not used');
    expect(whyEnded({ ...session, remember: true }, 149, admin)).toBeUndefined();
    expect(whyEnded({ ...session, remember: true }, 150, admin)).toContain('not used');
    expect(whyEnded({ ...session, lastSeenAt: 199 }, 199, admin)).toBeUndefined();
    expect(whyEnded({ ...session, lastSeenAt: 199 }, 200, admin)).toContain('longest time');
  });

  it.each([
    ['logout', 'signed out'],
    ['ended', 'list of sessions'],
    ['replaced', 'later login'],
    ['token', 'token was exchanged'],
    [null, 'list of sessions'],
  ] as const)('says what %s was', (endedBy, words) => {
    expect(whyEnded({ ...session, endedAt: 101, endedBy }, 102, admin)).toContain(words);
  });
});
