import type { Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { errors } from '../../src/common/errors/errors.js';
import { RunningStreams } from '../../src/reporting/streams/running.streams.js';
import { until } from '../support/app.js';
import { auditRows, rowsOf } from '../support/audit.rows.js';
import { operator } from '../support/operators.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { silence } from '../support/upstream.scenarios.js';
import { OPCODE } from '../support/websocket.frames.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { echo } from '../support/websocket.upstream.js';
import { RunningRequests } from './running.requests.js';

const MESSAGE = 'An operator has ended this request. The token can still be used.';
const ERROR_EVENT = `event: error\ndata: {"error":{"message":"${MESSAGE}","type":"permission_error","param":null,"code":"ended_by_operator"}}\n\n`;

/** How long an end waits for the end of an event. A busy machine may need longer to send it. */
const GRACE_MS = 150;

/** Timers of this length take 20 s, until the mocks are restored. */
function lengthenTimers(length: number): void {
  const start = globalThis.setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((call: () => void, ms?: number) =>
    start(call, ms === length ? 20_000 : ms),
  );
}

describe('the end of a running request', () => {
  const fixture = ProxyFixture.forTests();
  let running: RunningRequests;
  beforeEach(() => (running = new RunningRequests(fixture.app)));
  afterEach(() => {
    vi.restoreAllMocks();
    running.close();
  });
  const inside = <T>(type: Type<T>): T => fixture.app.running.app.get(type, { strict: false });

  const end = async (id: string, token?: string): Promise<[number, unknown]> => {
    const response = await fixture.app.manage('POST', `/manage/streams/${id}/end`, undefined, token);
    return [response.status, await response.json()];
  };
  const endAll = async (body: object, token?: string): Promise<[number, unknown]> => {
    const response = await fixture.app.manage('POST', '/manage/streams/end', body, token);
    return [response.status, await response.json()];
  };

  it('before its response is a refusal; the upstream is let go and the token stays usable', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token();
    const client = await running.send(token.token);
    const request = await fixture.upstream.nextRequest();
    const [stream] = await running.seen(token.project_id);
    expect(await end(stream!.id)).toEqual([200, { ended: true }]);
    const response = await client.response();
    expect([response.status, codeOf(response)]).toEqual([403, 'ended_by_operator']);
    expect(response.header('x-should-retry')).toBe('false');
    expect((await request.closed()).by).toBe('peer');
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
  });

  it('in an event stream is one error event; its log line says revoked', async () => {
    const paced = fixture.upstream.sse();
    const token = await fixture.app.token();
    const client = await running.send(token.token);
    await paced.send('data: 1\n\n');
    await client.sees('data: 1\n\n');
    const [stream] = await running.seen(token.project_id);
    expect(await end(stream!.id)).toEqual([200, { ended: true }]);
    const response = await client.response();
    expect([response.text, response.truncated]).toEqual([`data: 1\n\n${ERROR_EVENT}`, true]);
    expect(await running.seen(token.project_id, 0)).toEqual([]);
    expect(fixture.app.accessLines.find((line) => line['request_id'] === stream!.request_id)).toMatchObject({
      end: 'revoked',
      code: 'ended_by_operator',
    });
  });

  it('waits for the end of an event, is not listed meanwhile, and is not ended twice', async () => {
    const paced = fixture.upstream.sse();
    const token = await fixture.app.token();
    const client = await running.send(token.token);
    await paced.send('data: 1');
    await client.sees('data: 1');
    const [stream] = await running.seen(token.project_id);
    lengthenTimers(GRACE_MS);
    expect(await end(stream!.id)).toEqual([200, { ended: true }]);
    expect((await end(stream!.id))[0]).toBe(404);
    await paced.send('\n\n');
    expect((await client.response()).text).toBe(`data: 1\n\n${ERROR_EVENT}`);
  });

  it('of a WebSocket is a close frame with 1008', async () => {
    fixture.upstream.once(echo());
    const token = await fixture.app.token();
    const client = await WebSocketClient.ask(fixture.app.port, [...HANDSHAKE, ...fixture.headers(token)]);
    await client.answer();
    const [stream] = await running.seen(token.project_id);
    expect(await end(stream!.id)).toEqual([200, { ended: true }]);
    const frame = await client.next();
    expect([frame!.opcode, frame!.payload.readUInt16BE(0), frame!.payload.subarray(2).toString()]).toEqual([
      OPCODE.close,
      1008,
      MESSAGE,
    ]);
    client.socket.destroy();
  });

  it('has one row in the audit log, with its token, project and request', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token();
    await running.send(token.token);
    const [stream] = await running.seen(token.project_id);
    const rows = await rowsOf(fixture.app, async () => end(stream!.id));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ action: 'stream.end', outcome: 'success', token_id: token.id });
    expect(rows[0]).toMatchObject({ project_id: token.project_id, subject_id: stream!.id });
    expect(JSON.stringify(rows[0])).toContain(stream!.request_id);
  });

  /** Until `calls` have found what they end, the first row waits; then `write` writes it. */
  function holdFirstRow(calls: number, write: AuditTrail['write']): void {
    const found = vi.spyOn(inside(RunningStreams), 'list');
    vi.spyOn(inside(AuditTrail), 'write').mockImplementationOnce(async (draft) => {
      await until('all have found it', () => found.mock.calls.length >= calls);
      return write(draft);
    });
  }

  it('is done by one of several calls at once; the rows of the others say that they ended nothing', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token();
    await running.send(token.token);
    const [stream] = await running.seen(token.project_id);
    const trail = inside(AuditTrail);
    holdFirstRow(3, trail.write.bind(trail));
    const rows = await rowsOf(fixture.app, async () => {
      const answers = await Promise.all([1, 2, 3].map(() => end(stream!.id)));
      expect(answers.map(([status]) => status)).toEqual([200, 200, 200]);
      expect(answers.filter(([, body]) => (body as { ended: boolean }).ended)).toHaveLength(1);
    });
    const known = { request_id: stream!.request_id, replica: stream!.replica };
    expect(rows.map(({ outcome }) => outcome)).toEqual(['success', 'success', 'success']);
    expect(rows.map(({ metadata }) => metadata)).toEqual([
      known,
      { ...known, repeated: true },
      { ...known, repeated: true },
    ]);
  });

  it('is done by the next call when the row of the first one cannot be written', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token();
    await running.send(token.token);
    const [stream] = await running.seen(token.project_id);
    holdFirstRow(2, () => Promise.reject(errors.auditUnavailable()));
    const rows = await rowsOf(fixture.app, async () => {
      const answers = await Promise.all([1, 2].map(() => end(stream!.id)));
      expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200, 503]));
    });
    expect(rows.filter(({ outcome }) => outcome === 'success').map(({ metadata }) => metadata)).toEqual([
      { replica: stream!.replica, request_id: stream!.request_id },
    ]);
  });

  it('of one that has ended by itself meanwhile is said not to be its own', async () => {
    fixture.upstream.once(silence());
    const token = await fixture.app.token();
    await running.send(token.token);
    const [stream] = await running.seen(token.project_id);
    const trail = inside(AuditTrail);
    const write = trail.write.bind(trail);
    holdFirstRow(1, async (draft) => {
      await write(draft);
      running.close();
      await running.seen(token.project_id, 0);
    });
    const rows = await rowsOf(fixture.app, async () => expect(await end(stream!.id)).toEqual([200, { ended: false }]));
    expect(rows).toMatchObject([{ action: 'stream.end', outcome: 'success', subject_id: stream!.id }]);
  });

  it('is refused for what nobody runs, and the refusal has its row', async () => {
    const rows = await rowsOf(fixture.app, async () => {
      expect(await end('e7a9c3d1-5b2f-4e6a-9d80-3c4b5a697887')).toMatchObject([404, { code: 'stream_not_found' }]);
    });
    expect(rows).toMatchObject([{ action: 'stream.end', outcome: 'failure' }]);
    expect(await end('abc')).toMatchObject([400, { code: 'invalid_id' }]);
  });

  it('of all of a token leaves those of other tokens', async () => {
    fixture.upstream.reply(silence());
    const token = await fixture.app.token();
    const other = await fixture.app.token({ project_id: token.project_id });
    const clients = [await running.send(token.token), await running.send(token.token)];
    await running.send(other.token);
    await running.seen(token.project_id, 3);
    const rows = await rowsOf(fixture.app, async () => {
      expect(await endAll({ token_id: token.id })).toEqual([200, { ended_count: 2, silent: [] }]);
    });
    expect(rows).toMatchObject([{ action: 'stream.end', outcome: 'success', token_id: token.id }]);
    for (const client of clients) expect((await client.response()).status).toBe(403);
    expect((await running.seen(token.project_id)).map(({ token_id: id }) => id)).toEqual([other.id]);
    expect(await endAll({ project_id: token.project_id })).toEqual([200, { ended_count: 1, silent: [] }]);
    expect(await endAll({ project_id: token.project_id })).toEqual([200, { ended_count: 0, silent: [] }]);
  });

  it('takes one id of a token or a project', async () => {
    const both = { token_id: fixture.token.id, project_id: fixture.token.project_id };
    expect(await endAll({})).toMatchObject([400, { details: [{ field: 'token_id' }] }]);
    expect(await endAll(both)).toMatchObject([400, { details: [{ field: 'project_id' }] }]);
    const nobody = 'e7a9c3d1-5b2f-4e6a-9d80-3c4b5a697887';
    expect(await endAll({ token_id: nobody })).toMatchObject([404, { code: 'token_not_found' }]);
    expect(await endAll({ project_id: nobody })).toMatchObject([404, { code: 'project_not_found' }]);
  });

  it('is for managers of its project: a viewer may not, and for others it does not exist', async () => {
    fixture.upstream.reply(silence());
    const token = await fixture.app.token();
    const { project_id: project } = token;
    await running.send(token.token);
    const [stream] = await running.seen(project);
    const { token: viewer } = await operator(fixture.app, { role: 'viewer', projects: [project] });
    const { token: stranger } = await operator(fixture.app, { role: 'manager', projects: [fixture.token.project_id] });
    const { token: manager } = await operator(fixture.app, { role: 'manager', projects: [project] });
    expect((await end(stream!.id, viewer))[0]).toBe(403);
    expect((await end(stream!.id, stranger))[0]).toBe(404);
    expect((await endAll({ token_id: token.id }, stranger))[0]).toBe(404);
    expect((await endAll({ project_id: project }, stranger))[0]).toBe(404);
    expect(await end(stream!.id, manager)).toEqual([200, { ended: true }]);
  });

  it('ends nothing when its row cannot be written', async () => {
    fixture.upstream.reply(silence());
    const token = await fixture.app.token();
    await running.send(token.token);
    const [stream] = await running.seen(token.project_id);
    const before = (await auditRows(fixture.app)).length;
    const source = fixture.app.running.app.get(DataSource, { strict: false });
    await source.query('ALTER TABLE audit_events RENAME TO audit_elsewhere');
    const refused = await end(stream!.id);
    await source.query('ALTER TABLE audit_elsewhere RENAME TO audit_events');
    expect(refused).toMatchObject([503, { code: 'audit_unavailable' }]);
    expect((await running.seen(token.project_id)).map(({ id }) => id)).toEqual([stream!.id]);
    expect(await auditRows(fixture.app)).toHaveLength(before);
  });
});
