import { afterAll, beforeAll, expect } from 'vitest';
import type { Variables } from '../../../src/config/values/variables.js';
import { RecordingUpstream } from '../../support/recording.upstream.js';
import { WebSuite } from './web.suite.js';

export interface KeptRequest {
  id: string;
  request_id: string;
  cursor: string;
  at: string;
  status?: number;
  end: string;
  path: string;
  model?: string;
}

/** A suite whose server has an upstream, and the calls of apps through it. */
export class Traffic {
  upstream!: RecordingUpstream;
  web!: WebSuite;

  static forTests(variables: Variables = {}): Traffic {
    const traffic = new Traffic();
    beforeAll(async () => void (traffic.upstream = await RecordingUpstream.start()));
    afterAll(() => traffic.upstream.close());
    traffic.web = WebSuite.forTests(() => ({ OPENAI_API_URL: traffic.upstream.baseUrl, ...variables }));
    return traffic;
  }

  /** Calls as an app does, reads all of the response, and gives its status. */
  async call(secret: string, path = '/v1/models', body?: object): Promise<number> {
    const response = await fetch(`${this.web.server.origin}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  chat(secret: string, model = 'gpt-4o-mini'): Promise<number> {
    return this.call(secret, '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hello' }] });
  }

  /** The requests of a filter, as soon as there are so many. */
  async kept(query: string, count: number): Promise<KeptRequest[]> {
    const look = () => this.web.get<KeptRequest[]>(`/manage/requests?${query}`);
    await expect.poll(async () => (await look()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
    return look();
  }
}
