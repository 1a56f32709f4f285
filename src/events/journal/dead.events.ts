import { errors } from '../../common/errors/errors.js';
import type { DeadChoice, DeadLetter, DeadLetters } from '../store/bus/dead.letters.js';
import type { EventsThread } from './events.thread.js';

/** Many events are moved in parts of 500. */
const CHANGE_MS = 60_000;

export type DeadDeed = 'list' | 'replay' | 'drop';
export type DeadArguments = readonly [deed: DeadDeed, choice: DeadChoice, limit?: number];

/** A dead event without its line, which may be long. */
export type DeadEvent = Omit<DeadLetter, 'line'>;

/** On the events worker. */
export async function doneWith(
  letters: Pick<DeadLetters, DeadDeed>,
  [deed, choice, limit]: DeadArguments,
): Promise<readonly DeadEvent[] | number> {
  if (deed !== 'list') return letters[deed](choice);
  const found = await letters.list(choice, limit);
  return found.map(({ sink, eventId, reason, tries, firstAt, lastAt }) => ({
    sink,
    eventId,
    reason,
    tries,
    firstAt,
    lastAt,
  }));
}

/** What sinks refused for good, as the main thread asks the events worker for it. Throws `observability_disabled`, `store_unavailable`. */
export class DeadEvents {
  /** `worker` is undefined on a server without events. */
  constructor(private readonly worker: Pick<EventsThread, 'ask'> | undefined) {}

  /** The oldest first. */
  async list(choice: DeadChoice, limit: number): Promise<readonly DeadEvent[]> {
    return (await this.ask(['list', choice, limit])) as readonly DeadEvent[];
  }

  /** Returns the number of events that are pending again. */
  async replay(choice: DeadChoice): Promise<number> {
    return (await this.ask(['replay', choice], CHANGE_MS)) as number;
  }

  /** Returns the number of deleted events. */
  async drop(choice: DeadChoice): Promise<number> {
    return (await this.ask(['drop', choice], CHANGE_MS)) as number;
  }

  /** Throws `observability_disabled`. */
  assertKept(): void {
    if (!this.worker) throw errors.observabilityDisabled();
  }

  private async ask(question: DeadArguments, limitMs?: number): Promise<unknown> {
    this.assertKept();
    return this.worker!.ask('dead', question, limitMs);
  }
}
