import { type BodyExamples, EXAMPLE_IDS } from '../../common/rest/api.docs.js';
import { TOKEN } from '../token.examples.js';
import type { CreatedToken } from '../token.view.js';
import type { ReplaceToken } from './replace.dto.js';

const { last_used_at: _, ...unused } = TOKEN;

export const REPLACEMENT: CreatedToken = {
  ...unused,
  id: 'b7d60a4e-52c8-4f61-8c0e-4d3f6b7a9c02',
  token: 'sk-wt-…(44 characters)',
  expires_at: '2026-03-02T12:00:00.000Z',
  created_at: '2026-02-01T09:00:00.000Z',
  replaces: EXAMPLE_IDS.token,
};

export const REPLACE_TOKEN: BodyExamples<ReplaceToken> = {
  hour: {
    summary: 'The old token lives for one more hour',
    value: { overlap_minutes: 60 },
  },
  at_once: {
    summary: 'The old token ends at once',
    value: { overlap_minutes: 0, duration_minutes: 43_200 },
  },
};
