import { type BodyExamples, EXAMPLE_IDS } from '../../common/rest/api.docs.js';
import type { EndStreams, StreamListView } from './stream.dto.js';

export const STREAMS: StreamListView = {
  streams: [
    {
      id: EXAMPLE_IDS.stream,
      request_id: '0b6f2f3e-3c70-4a4b-8f0e-6f1f0a8a5a55',
      token_id: EXAMPLE_IDS.token,
      token_name: 'nightly job',
      project_id: EXAMPLE_IDS.project,
      replica: 'proxy-1/17',
      kind: 'sse',
      method: 'POST',
      path: '/v1/chat/completions',
      model: 'gpt-4o',
      started_at: '2026-01-31T12:00:00.000Z',
      bytes_in: 412,
      bytes_out: 18_230,
    },
  ],
  truncated: false,
  silent: [],
};

export const END_STREAMS: BodyExamples<EndStreams> = {
  token: { summary: 'All of a token', value: { token_id: EXAMPLE_IDS.token } },
  project: { summary: 'All of a project', value: { project_id: EXAMPLE_IDS.project } },
};
