import type { StreamListView, StreamView } from '../../src/reporting/streams/stream.dto.js';
import { type TestApp, until } from '../support/app.js';
import { RawClient } from '../support/raw.client.js';

/** What runs now, as a replica says it. */
export async function streamsAt(app: Pick<TestApp, 'manage'>, query = ''): Promise<StreamListView> {
  const response = await app.manage('GET', `/manage/streams${query}`);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as StreamListView;
}

/** Requests that run until somebody ends them: the upstream has to be silent. */
export class RunningRequests {
  private readonly clients: RawClient[] = [];

  constructor(private readonly app: Pick<TestApp, 'port' | 'manage'>) {}

  /** Sends a request with this token, and does not wait for its response. */
  async send(token: string, target = '/v1/responses', body = '{}'): Promise<RawClient> {
    const client = await RawClient.connect(this.app.port);
    this.clients.push(client);
    const headers: [string, string][] = [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
    ];
    await client.send({ method: 'POST', target, headers, body });
    return client;
  }

  /** The requests of a project, once there are so many. */
  async seen(projectId: string, count = 1): Promise<StreamView[]> {
    let streams: StreamView[] = [];
    await until(`${count} running requests`, async () => {
      ({ streams } = await streamsAt(this.app, `?project_id=${projectId}`));
      return streams.length === count;
    });
    return streams;
  }

  /** The id of a running request of the project. One is begun with the token when there is none. */
  async of(projectId: string, token: string): Promise<string> {
    const { streams } = await streamsAt(this.app, `?project_id=${projectId}`);
    if (streams[0]) return streams[0].id;
    await this.send(token);
    return (await this.seen(projectId))[0]!.id;
  }

  close(): void {
    for (const client of this.clients.splice(0)) client.destroy();
  }
}
