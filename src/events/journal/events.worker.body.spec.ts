import { beforeEach, describe, expect, it } from 'vitest';
import { endedExchange } from '../../../test/support/ended.exchange.js';
import { until } from '../../../test/support/until.js';
import type { DeadLetters } from '../store/bus/dead.letters.js';
import type { EventReader } from '../event/event.queries.js';
import type { SegmentDraft } from '../store/event.draft.js';
import { BatchBuilder } from './batch.builder.js';
import { BatchReader } from './batch.reader.js';
import { DomainFigures } from './domain.figures.js';
import { EventFolds } from './event.folds.js';
import { EventsWorkerBody, type JournalStore } from './events.worker.body.js';
import type { FromEvents } from './journal.messages.js';

/** A store in memory that a test can stop and break. */
class FakeStore implements JournalStore {
  readonly appended: SegmentDraft[] = [];
  readonly tries: SegmentDraft[] = [];
  readonly recovered: string[][] = [];
  written = 0;
  isClosed = false;
  failures = 0;
  barrier: Promise<void> = Promise.resolve();

  open = () => Promise.resolve(7);
  async append(draft: SegmentDraft): Promise<readonly string[]> {
    this.tries.push(draft);
    await this.barrier;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('disk full');
    }
    this.appended.push(draft);
    return draft.notices.map(({ id }) => id);
  }
  writeUsage = () => Promise.resolve(void (this.written += 1));
  recover = (live: ReadonlySet<string>) => Promise.resolve(this.recovered.push([...live]));
  expireWork = () => Promise.resolve(0);
  prune = () => Promise.resolve({ givenUpEvents: 0 });
  status = () => Promise.resolve({ segments: 1, bytes: 2, dropped: 0, sinks: {} });
  close = () => Promise.resolve(void (this.isClosed = true));
}

describe(EventsWorkerBody.name, () => {
  let store: FakeStore;
  let sent: FromEvents[];
  let isDatabaseClosed: boolean;
  let body: EventsWorkerBody;
  const builder = new BatchBuilder();

  beforeEach(() => {
    store = new FakeStore();
    sent = [];
    isDatabaseClosed = false;
    body = bodyOf(() => Promise.resolve(store));
  });

  function bodyOf(open: () => Promise<FakeStore>): EventsWorkerBody {
    const figures = new DomainFigures();
    const queries = {
      request: (id: string) => Promise.resolve(`found ${id}`),
      usage: () => Promise.reject(new Error('no')),
    };
    const dead = { list: () => Promise.resolve([{ sink: 'file', line: '{}' }]), drop: () => Promise.resolve(2) };
    return new EventsWorkerBody({
      open: async () => ({
        store: await open(),
        queries: queries as unknown as EventReader,
        dead: dead as unknown as DeadLetters,
        close: () => Promise.resolve(void (isDatabaseClosed = true)),
      }),
      replicaId: 'r',
      live: ['r'],
      figures,
      reader: (head) => new BatchReader(new EventFolds(undefined), figures, head),
      send: (message) => sent.push(message),
    });
  }

  /** Sends a batch of exchanges; their ids. */
  function send(count: number): string[] {
    const exchanges = Array.from({ length: count }, () => endedExchange());
    for (const exchange of exchanges) builder.add(exchange);
    body.receive({ type: 'batch', batch: builder.take() });
    return exchanges.map(({ uuid }) => `${uuid}:request`);
  }

  const stop = async (): Promise<void> => {
    body.receive({ type: 'stop' });
    await until('the end', () => sent.some(({ type }) => type === 'stopped'));
  };
  const idsOf = (draft: SegmentDraft) => draft.lines(1).map((line) => (JSON.parse(line) as { id: string }).id);

  it('appends in order; what comes during an append goes with the next', async () => {
    const barrier = Promise.withResolvers<void>();
    store.barrier = barrier.promise;
    await body.start();
    const ids = [...send(2)];
    await until('the first append', () => store.tries.length === 1);
    ids.push(...send(1), ...send(3));
    barrier.resolve();
    await stop();
    expect(store.appended.map(({ count }) => count)).toEqual([2, 4]);
    expect(store.appended.flatMap(idsOf)).toEqual(ids);
    expect(sent.filter(({ type }) => type === 'appended')).toHaveLength(2);
  });

  it('numbers the lines as the store says', async () => {
    await body.start();
    send(2);
    await stop();
    const lines = store.appended[0]!.lines(41).map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { v: 1, replica: 'r', epoch: 7, seq: 41, kind: 'request' },
      { v: 1, replica: 'r', epoch: 7, seq: 42, kind: 'request' },
    ]);
  });

  it('appends the same draft again after a failure, and says once that the store fails', async () => {
    store.failures = 2;
    await body.start();
    send(1);
    await stop();
    expect(new Set(store.tries).size).toBe(1);
    expect([store.tries.length, store.appended.length]).toEqual([3, 1]);
    expect(sent.filter(({ type }) => type === 'store')).toEqual([
      { type: 'store', problem: 'disk full' },
      { type: 'store' },
    ]);
  });

  it('waits for a database that cannot be opened yet', async () => {
    let tries = 0;
    body = bodyOf(() => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error('refused')) : Promise.resolve(store);
    });
    const started = body.start();
    send(1);
    await started;
    await stop();
    expect(store.appended).toHaveLength(1);
  });

  it('recovers at its start, and when other replicas live', async () => {
    await body.start();
    body.receive({ type: 'live', ids: ['r', 's'] });
    await stop();
    expect(store.recovered).toEqual([['r'], ['r', 's']]);
  });

  it('answers questions, and says when it cannot', async () => {
    await body.start();
    body.receive({ type: 'ask', id: 1, name: 'request', args: ['x'] });
    body.receive({ type: 'ask', id: 2, name: 'usage', args: [{}] });
    body.receive({ type: 'ask', id: 3, name: 'status', args: [] });
    await until(
      'three answers',
      () => sent.filter(({ type }) => type.endsWith('answer') || type === 'unanswered').length === 3,
    );
    expect(sent).toContainEqual({ type: 'answer', id: 1, value: 'found x' });
    expect(sent).toContainEqual({ type: 'unanswered', id: 2 });
    expect(sent).toContainEqual(
      expect.objectContaining({ id: 3, value: expect.objectContaining({ store: await store.status() }) as object }),
    );
    // Sums that are asked for are written first.
    expect(store.written).toBe(1);
    await stop();
  });

  it('closes the store and the database at its stop', async () => {
    await body.start();
    send(5);
    await stop();
    expect([store.appended.length, store.isClosed, isDatabaseClosed]).toEqual([1, true, true]);
  });
});
