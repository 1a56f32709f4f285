import { type BodyExamples, EXAMPLE_IDS } from '../../common/rest/api.docs.js';
import type { ListedSession, SessionView, SignIn } from './session.dto.js';

export const SIGN_IN: BodyExamples<SignIn> = {
  named: { summary: 'A session of this browser', value: { name: 'Ana' } },
  remembered: { summary: 'A session that outlives the browser', value: { name: 'Ana', remember: true } },
};

export const SESSION: SessionView = {
  via: 'session',
  id: EXAMPLE_IDS.session,
  name: 'Ana',
  role: 'admin',
  projects: null,
  remember: false,
  created_at: '2026-01-31T12:00:00.000Z',
  expires_at: '2026-02-01T00:00:00.000Z',
  idle_seconds: 3600,
  fresh_until: '2026-02-01T00:00:00.000Z',
  remember_seconds: 2_592_000,
};

export const LISTED_SESSION: ListedSession = {
  id: EXAMPLE_IDS.session,
  name: 'Ana',
  remember: false,
  created_at: '2026-01-31T12:00:00.000Z',
  last_seen_at: '2026-01-31T12:45:00.000Z',
  expires_at: '2026-02-01T00:00:00.000Z',
  client_ip: '192.0.2.7',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  is_this: true,
};
