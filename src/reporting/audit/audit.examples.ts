import { EXAMPLE_IDS } from '../../common/rest/api.docs.js';
import type { SignedHead } from '../../audit/chain/signed.head.js';
import type { Verdict } from '../../audit/chain/chain.fault.js';
import type { AuditEventView, AuditListView } from './audit.dto.js';

const HASH = '9f3c1c2d5b8e4f60a7d9138265b4c0fe7a1d2c3b4e5f60718293a4b5c6d7e8f9';

export const EVENT: AuditEventView = {
  id: '0d9a3c58-61a0-4c8e-9f0b-5b1f6f1c2a77',
  seq: 1842,
  at: '2026-11-28T12:00:00.000Z',
  action: 'token.update',
  actor: 'operator',
  actor_id: EXAMPLE_IDS.operator,
  actor_name: 'ana',
  origin: 'cli',
  outcome: 'success',
  project_id: EXAMPLE_IDS.project,
  token_id: EXAMPLE_IDS.token,
  request_id: '0b6f2f3e-3c70-4a4b-8f0e-6f1f0a8a5a55',
  client_ip: '192.0.2.7',
  user_agent: 'llm-proxy-cli',
  method: 'PATCH',
  path: `/manage/tokens/${EXAMPLE_IDS.token}`,
  changes: { max_requests: { from: 100, to: 500 } },
  prev_hash: '4b1f7a0c9d2e3f58607182939a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d',
  hash: HASH,
};

export const LIST: AuditListView = {
  events: [EVENT],
  pagination: {
    page: 1,
    page_size: 20,
    total_count: 1842,
    total_pages: 93,
    has_next: true,
    has_prev: false,
    next_before: 1842,
  },
};

export const HEAD: SignedHead = {
  seq: 1842,
  hash: HASH,
  at: '2026-11-28T12:00:00.000Z',
  key_id: '5d0c9e7a4b2f1836',
  public_key: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n',
  signature: 'u8Jk…',
};

export const VERDICT: Verdict = {
  state: 'intact',
  checked: 1842,
  first_seq: 1,
  last_seq: 1842,
  head: HASH,
  signatures: { checked: 0, unknown_keys: [] },
  at: '2026-11-28T12:00:05.000Z',
};

export const VERIFY_STREAM = `event: progress
data: {"checked":1000,"last_seq":1000}

event: verdict
data: ${JSON.stringify(VERDICT)}

`;
