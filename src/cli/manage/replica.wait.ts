import { CliError, EXIT_CODE } from '../terminal/cli.error.js';

export const WAIT_REPLICAS = {
  flags: '--wait-replicas',
  description: 'wait until the change is in force on every live replica; exit code 1 if a replica does not confirm',
} as const;

/** The replicas on which a change is in force. */
export interface Confirmation {
  confirmed: number;
  /** Ids of the replicas that have not confirmed. */
  pending: readonly string[];
}

/** Undefined when the response has no confirmation. */
export function confirmationOf(headers: Headers): Confirmation | undefined {
  const confirmed = headers.get('x-replicas-confirmed');
  if (confirmed === null) return undefined;
  const pending = headers.get('x-replicas-pending')?.split(', ') ?? [];
  return { confirmed: Number(confirmed), pending };
}

const replicas = (n: number): string => `${n} ${n === 1 ? 'replica' : 'replicas'}`;

/** A sentence when all replicas have confirmed; throws otherwise. The change is made in either case. */
export function confirmationText(confirmation: Confirmation | undefined): string {
  if (!confirmation) throw unconfirmed('The change is made, but the server does not report where it is in force');
  const { confirmed, pending } = confirmation;
  if (pending.length > 0)
    throw unconfirmed(
      `The change is made and in force on ${replicas(confirmed)}, but not confirmed by ${pending.join(', ')}`,
    );
  return `The change is in force on ${replicas(confirmed)}.`;
}

const unconfirmed = (message: string): CliError => new CliError(EXIT_CODE.failed, 'replicas_pending', message);
