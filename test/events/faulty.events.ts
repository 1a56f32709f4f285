import { EventDatabase } from '../../src/events/store/event.database.js';

export class Killed extends Error {}

/** When the statement with this number comes: it fails before or after the database has done it. Statements count from 1. */
export interface Fault {
  readonly at: number;
  readonly isDone: boolean;
  /** The process is gone: all further statements fail too. */
  readonly isLast: boolean;
}

/** A database whose n-th statement or commit fails. */
export class FaultyEvents extends EventDatabase {
  private count = { value: 0 };

  constructor(
    private readonly inner: EventDatabase,
    private readonly fault: Fault | undefined,
  ) {
    super();
  }

  get dialect() {
    return this.inner.dialect;
  }

  get statements(): number {
    return this.count.value;
  }

  async query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]> {
    return this.step(async () => this.inner.query<T>(sql, parameters));
  }

  async execute(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.step(async () => this.inner.execute(sql, parameters));
  }

  async insert(sql: string, parameters?: readonly unknown[]): Promise<number> {
    return this.step(async () => this.inner.insert(sql, parameters));
  }

  async transaction<T>(work: (transaction: EventDatabase) => Promise<T>): Promise<T> {
    let onCommitted: () => void = () => undefined;
    const result = await this.inner.transaction(async (transaction) => {
      const inside = new FaultyEvents(transaction, this.fault);
      inside.count = this.count;
      const done = await work(inside);
      onCommitted = this.commit();
      return done;
    });
    onCommitted();
    return result;
  }

  async close(): Promise<void> {}

  /** Fails before the commit, or returns what fails after it. */
  private commit(): () => void {
    const fails = this.next();
    if (fails && !this.fault!.isDone) throw new Killed('before the commit');
    return () => {
      if (fails) throw new Killed('after the commit');
    };
  }

  private async step<T>(run: () => Promise<T>): Promise<T> {
    const fails = this.next();
    if (fails && !this.fault!.isDone) throw new Killed('before the statement');
    const result = await run();
    if (fails) throw new Killed('after the statement');
    return result;
  }

  private next(): boolean {
    this.count.value += 1;
    if (this.fault === undefined) return false;
    return this.fault.isLast ? this.count.value >= this.fault.at : this.count.value === this.fault.at;
  }
}
