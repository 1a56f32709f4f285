import { Logger } from '@nestjs/common';
import { Between, type FindOperator, Or } from 'typeorm';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import type { KeyRing } from './key.ring.js';

const logger = new Logger('KeyMismatch');

/** Stored values of the form `<kind>:<key id>:…`; `findOne` returns any one that matches. */
export interface StoredValues {
  kind: 'enc:v2' | 'hmac';
  findOne(value: FindOperator<string>): Promise<string | undefined>;
}

/**
 * Throws StartupError when the keys fit none of the stored values. A value of another key among values that fit is a damaged
 * row: its project or token is disabled, and a warning names the missing key.
 */
export async function assertKeyFits(ring: KeyRing, { kind, findOne }: StoredValues): Promise<void> {
  const ids = ring.keys.map(({ id }) => id);
  const other = await findOne(ofAnotherKey(kind, ids));
  if (other === undefined) return;
  const needed = other.slice(kind.length + 1).split(':')[0];
  if (ring.keyId === undefined)
    throw refused(`is not set, but stored values need the key ${needed}: set it to that key`);
  const fitting = await findOne(Or(...ids.map((id) => Between(`${kind}:${id}:`, `${kind}:${id};`))));
  if (fitting === undefined)
    throw refused(
      `is the key ${ring.keyId}, but stored values need the key ${needed}: set ENCRYPTION_KEY or ENCRYPTION_KEY_PREVIOUS to that key`,
    );
  logger.warn(`some stored values need the key ${needed}: their projects or tokens cannot be used`);
}

/** The ranges between those of the known keys. A range can use an index; a pattern reads every row. `;` follows `:` in ASCII. */
function ofAnotherKey(kind: string, ids: string[]): FindOperator<string> {
  const sorted = ids.toSorted();
  const from = [`${kind}:`, ...sorted.map((id) => `${kind}:${id};`)];
  const to = [...sorted.map((id) => `${kind}:${id}:`), `${kind};`];
  return Or(...from.map((start, gap) => Between(start, to[gap]!)));
}

const refused = (reason: string): StartupError => new StartupError(EXIT.config, [`ENCRYPTION_KEY ${reason}`]);
