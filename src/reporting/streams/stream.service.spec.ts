import { describe, expect, it } from 'vitest';
import type { AuditDraft } from '../../audit/row/audit.draft.js';
import type { AuditTrail } from '../../changes/audit.trail.js';
import { ROOT } from '../../common/values/actor.js';
import type { Names } from '../names/names.js';
import type { RunningStreams } from './running.streams.js';
import type { RunningStream } from './stream.dto.js';
import { STREAMS } from './stream.examples.js';
import type { Replies, StreamQuestions } from './stream.questions.js';
import { StreamService } from './stream.service.js';
import type { StreamSubjects } from './stream.subjects.js';

const STREAM: RunningStream = STREAMS.streams[0]!;

/** The request runs on another replica, which answers the question for it. `end` is its reply to the end. */
function serviceOf(end: Replies): { service: StreamService; rows: AuditDraft[] } {
  const rows: AuditDraft[] = [];
  const own = { list: () => ({ streams: [], isTruncated: false }), end: () => 0 } as unknown as RunningStreams;
  const found: Replies = { answers: [{ count: 1, streams: [STREAM] }], silent: [] };
  const others = { ask: async (kind: string) => Promise.resolve(kind === 'end' ? end : found) } as unknown;
  const trail = { write: async (row: AuditDraft) => Promise.resolve(void rows.push(row)) } as AuditTrail;
  const service = new StreamService(own, others as StreamQuestions, {} as StreamSubjects, {} as Names, trail);
  return { service, rows };
}

describe(StreamService.name, () => {
  it('does not say that a request has ended whose replica falls silent; a second row takes the first one back', async () => {
    const { service, rows } = serviceOf({ answers: [], silent: [STREAM.replica] });
    await expect(service.endOne(ROOT, STREAM.id)).rejects.toMatchObject({ status: 503, code: 'replicas_silent' });
    expect(rows.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['success', undefined],
      ['failure', 'replicas_silent'],
    ]);
  });

  it('says that it was not its call that ended a request that another replica has ended', async () => {
    const { service } = serviceOf({ answers: [{ count: 0 }], silent: [] });
    expect(await service.endOne(ROOT, STREAM.id)).toEqual({ ended: false });
  });
});
