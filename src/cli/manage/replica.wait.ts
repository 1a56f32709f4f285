import { CliError, EXIT_CODE } from '../terminal/cli.error.js';

export const WAIT_REPLICAS = {
  flags: '--wait-replicas',
  description: 'wait until every live replica has the change in force; exit code 1 names those that have not',
} as const;

/** Who has heard of a change. */
export interface Confirmation {
  confirmed: number;
  /** Ids. */
  pending: readonly string[];
}

/** Undefined when the server does not say. */
export function confirmationOf(headers: Headers): Confirmation | undefined {
  const confirmed = headers.get('x-replicas-confirmed');
  if (confirmed === null) return undefined;
  const pending = headers.get('x-replicas-pending')?.split(', ') ?? [];
  return { confirmed: Number(confirmed), pending };
}

const replicas = (n: number): string => `${n} ${n === 1 ? 'replica' : 'replicas'}`;

/** A sentence when all have; throws when some have not. The change is made in any case. */
export function outcome(confirmation: Confirmation | undefined): string {
  if (!confirmation) throw unconfirmed('The change is made, but the server does not say where it is in force');
  const { confirmed, pending } = confirmation;
  if (pending.length > 0)
    throw unconfirmed(
      `The change is made and in force on ${replicas(confirmed)}, not confirmed by ${pending.join(', ')}`,
    );
  return `In force on ${replicas(confirmed)}.`;
}

const unconfirmed = (message: string): CliError => new CliError(EXIT_CODE.failed, 'replicas_pending', message);
