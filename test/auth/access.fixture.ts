import { AuditTrail } from '../../src/changes/audit.trail.js';
import { ROOT } from '../../src/common/values/actor.js';
import type { AuditListView } from '../../src/reporting/audit/audit.dto.js';
import { ThrottlerStorage, type ThrottlerStorageService } from '@nestjs/throttler';
import { Browser } from '../admin/browser.js';
import { TestApp } from '../support/app.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { operator } from '../support/operators.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { answer, silence } from '../support/upstream.scenarios.js';
import { RunningRequests } from '../streams/running.requests.js';
import { type Call, pathOf, type Target } from './access.calls.js';

/** What a caller gets: `yes`, `nothing` of the target in a list, or the refusal. */
export type Outcome = 'yes' | 'nothing' | '401' | '403' | '404' | `unexpected ${string}`;

interface Project {
  id: string;
  requestId: string;
}

/** One server with two projects and an event of a request of each. */
export class AccessFixture {
  a!: Project;
  b!: Project;
  private names = 0;
  private readonly events = new MemoryEvents();
  private readonly requests: RunningRequests;

  private constructor(
    readonly app: TestApp,
    private readonly upstream: RecordingUpstream,
  ) {
    this.requests = new RunningRequests(app);
  }

  static async start(): Promise<AccessFixture> {
    const upstream = await RecordingUpstream.start();
    upstream.reply(
      answer({
        status: 200,
        headers: [['content-type', 'application/json']],
        body: '{"ok":true}',
      }),
    );
    upstream.route('POST /v1/responses', silence());
    const app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl });
    const fixture = new AccessFixture(app, upstream);
    fixture.events.serve(app);
    fixture.a = await fixture.project();
    fixture.b = await fixture.project();
    return fixture;
  }

  async close(): Promise<void> {
    this.requests.close();
    await this.app.close();
    await this.upstream.close();
  }

  /** A project with a kept request. */
  async project(): Promise<Project> {
    const { id } = await this.app.project();
    this.names += 1;
    const requestId = `request-${this.names}`;
    const [at, body] = [new Date().toISOString(), { headers: {}, body: '{}' }];
    const captured = { captured: true as const, request: body, response: body };
    this.events.add(proxyEvent({ at, request_id: requestId, project_id: id, ...captured }));
    return { id, requestId };
  }

  /** Something of a project to call a route with. */
  async target({ id: projectId, requestId }: Project): Promise<Target> {
    const { id: tokenId, token: secret } = await this.app.token({
      project_id: projectId,
    });
    const { id: operatorId } = await operator(this.app);
    const { session } = await Browser.signedIn(this.app);
    const { id: sessionId } = session;
    this.names += 1;
    return {
      projectId,
      requestId,
      tokenId,
      secret,
      operatorId,
      auditId: await this.auditRow(projectId),
      sessionId,
      streamId: await this.requests.of(projectId, secret),
      name: `walk ${this.names}`,
    };
  }

  /** A row of the audit log about a project. */
  private async auditRow(projectId: string): Promise<string> {
    const about = { action: 'project.check', actor: ROOT, call: undefined, outcome: 'success', projectId } as const;
    await this.app.running.app.get(AuditTrail, { strict: false }).write(about);
    const response = await this.app.manage('GET', `/manage/audit?page_size=1&project_id=${projectId}`);
    return ((await response.json()) as AuditListView).events[0]!.id;
  }

  async call(method: string, url: string, call: Call, target: Target, credential: string | null): Promise<Outcome> {
    this.app.running.app.get<ThrottlerStorageService>(ThrottlerStorage, { strict: false }).storage.clear();
    const path = pathOf(url, target) + (call.query ?? '');
    return this.outcomeOf(await this.app.manage(method, path, call.body?.(target), credential), call, target);
  }

  /** As `call`, in a session. */
  async callIn(browser: Browser, method: string, url: string, call: Call, target: Target): Promise<Outcome> {
    const path = pathOf(url, target) + (call.query ?? '');
    return this.outcomeOf(await browser.call(method, path, call.body?.(target)), call, target);
  }

  private async outcomeOf(response: Response, call: Call, target: Target): Promise<Outcome> {
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      return 'yes';
    }
    const text = await response.text();
    if (response.ok) return (call.isAbout?.(text, target) ?? true) ? 'yes' : 'nothing';
    const { code } = JSON.parse(text) as { code: string };
    if (response.status === 401 && code === 'unauthorized') return '401';
    if (response.status === 403 && code === 'role_not_allowed') return '403';
    return response.status === 404 ? '404' : `unexpected ${response.status} ${code}`;
  }
}
