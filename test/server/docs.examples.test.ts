import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProjectAnswer, TestApp, type TokenAnswer, UPSTREAM_KEY } from '../support/app.js';

interface Media {
  example?: unknown;
  examples?: Record<string, { value: Record<string, unknown> }>;
}
interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

describe('the examples of the OpenAPI document', () => {
  let app: TestApp;
  let operations: Operation[];
  beforeAll(async () => {
    app = await TestApp.start();
    const document = (await (await fetch(`${app.url}/docs/json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  });
  afterAll(() => app.close());

  const bodiesOf = (operationId: string): Record<string, unknown>[] => {
    const { requestBody } = operations.find((operation) => operation.operationId === operationId)!;
    return Object.values(requestBody!.content['application/json']!.examples!).map(({ value }) => value);
  };

  it('has one for every body', () => {
    const bodies = operations.filter(({ requestBody }) => requestBody).map(({ operationId }) => operationId);
    expect(bodies.length).toBeGreaterThan(3);
    for (const id of bodies) expect(bodiesOf(id).length).toBeGreaterThan(0);
  });

  it('only deactivates in the first one of a change', () => {
    expect([bodiesOf('updateProject')[0], bodiesOf('updateToken')[0]]).toEqual([
      { is_active: false },
      { is_active: false },
    ]);
  });

  it('replaces no upstream key and names no other upstream', async () => {
    for (const body of bodiesOf('updateProject')) expect(body).not.toHaveProperty('api_key');
    for (const body of bodiesOf('createProject')) expect(body).not.toHaveProperty('base_url');
  });

  it('creates a project, then a token for it, then changes both', async () => {
    const sends = async (method: string, path: string, bodies: object[]): Promise<Response[]> => {
      const responses: Response[] = [];
      for (const body of bodies) responses.push(await app.manage(method, path, body));
      return responses;
    };
    const projects = await sends('POST', '/manage/projects', bodiesOf('createProject'));
    const { id } = (await projects[0]!.clone().json()) as ProjectAnswer;
    const ofProject = bodiesOf('createToken').map((body) => ({ ...body, project_id: id }));
    const tokens = await sends('POST', '/manage/tokens', ofProject);
    const token = (await tokens[0]!.clone().json()) as TokenAnswer;
    expect(token).toMatchObject({
      allowed_models: null,
      allowed_endpoints: null,
      allowed_ips: null,
      max_requests: null,
    });
    const [managers = {}, ...others] = bodiesOf('createOperator');
    const operators = await sends('POST', '/manage/operators', [{ ...managers, projects: [id] }, ...others]);
    const operator = (await operators[0]!.clone().json()) as { id: string };
    const changes = [
      ...(await sends('PATCH', `/manage/operators/${operator.id}`, bodiesOf('updateOperator'))),
      ...(await sends('PATCH', `/manage/tokens/${token.id}`, bodiesOf('updateToken'))),
      ...(await sends('PATCH', `/manage/projects/${id}`, bodiesOf('updateProject'))),
    ];
    const created = [...projects, ...tokens, ...operators];
    expect(created.map(({ status }) => status)).toEqual(created.map(() => 201));
    expect(changes.map(({ status }) => status)).toEqual(changes.map(() => 200));
  });

  it('shows for every status of every route an error of this status', () => {
    const shown = operations.flatMap(({ responses }) =>
      Object.entries(responses)
        .filter(([status, { content }]) => status >= '400' && JSON.stringify(content).includes('/ErrorView'))
        .map(([status, { content }]) => [status, (content!['application/json']!.example as { code: string }).code]),
    );
    const codes = new Map<string, Set<string>>();
    for (const [status, code] of shown) codes.set(status!, (codes.get(status!) ?? new Set()).add(code!));
    expect(Object.fromEntries([...codes].map(([status, ofIt]) => [status, [...ofIt].toSorted()]))).toEqual({
      400: ['invalid_id', 'validation_failed'],
      401: ['unauthorized'],
      403: ['above_project_maximum', 'project_inactive', 'role_not_allowed'],
      404: [
        'audit_event_not_found',
        'operator_not_found',
        'project_not_found',
        'request_not_found',
        'session_not_found',
        'stream_not_found',
        'token_not_found',
      ],
      409: ['observability_disabled', 'operator_exists', 'project_exists', 'token_ambiguous', 'token_replaced'],
      413: ['body_too_large'],
      415: ['media_type_unsupported'],
      429: ['audit_busy', 'too_many_attempts'],
      503: ['audit_broken', 'audit_unavailable', 'store_unavailable'],
    });
  });

  it('shows the fields of a response, and no others', async () => {
    const { id } = await app.project({ api_key: UPSTREAM_KEY });
    const token = await app.token({ project_id: id, name: 'compared' });
    const fieldsOf = (value: object): string[] => Object.keys(value).toSorted();
    const exampleOf = (operationId: string, status: string) =>
      operations.find((operation) => operation.operationId === operationId)!.responses[status]!.content![
        'application/json'
      ]!.example as Record<string, unknown>;
    expect(fieldsOf(exampleOf('createToken', '201'))).toEqual(fieldsOf(token));
    const { last_used_at: used, ...unused } = exampleOf('getToken', '200');
    expect(used).toMatch(/Z$/);
    expect(fieldsOf(unused)).toEqual(fieldsOf(await app.tokenById(token.id)));
    const project = await (await app.manage('GET', `/manage/projects/${id}`)).json();
    expect(fieldsOf(exampleOf('getProject', '200'))).toEqual(fieldsOf(project as object));
  });

  it('shows a deactivation time exactly where something is inactive', () => {
    const entries: Record<string, unknown>[] = [];
    JSON.stringify(operations, (_name, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'id' in value) entries.push(value);
      return value;
    });
    const states = entries.filter((entry) => 'is_active' in entry);
    expect(states.length).toBeGreaterThan(4);
    for (const state of states) expect('deactivated_at' in state).toBe(state['is_active'] === false);
  });
});
