import { Logger } from '@nestjs/common';
import { Between, type FindOperator, Or } from 'typeorm';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import type { KeyRing } from './key.ring.js';

const logger = new Logger('KeyMismatch');

/** Where stored values of the form `<kind>:<key id>:…` stand; each asks for one of them. */
export interface StoredValues {
  kind: 'enc:v2' | 'hmac';
  findOne(value: FindOperator<string>): Promise<string | undefined>;
}

/**
 * Refuses to start with keys under which nothing stored can be used. A single value that another key made, among
 * others that fit, is a damaged row: it disables what it belongs to and is said in a warning.
 */
export async function assertKeyFits(ring: KeyRing, { kind, findOne }: StoredValues): Promise<void> {
  const ids = ring.keys.map(({ id }) => id);
  const foreign = await findOne(madeWithAnotherKey(kind, ids));
  if (foreign === undefined) return;
  const needed = foreign.slice(kind.length + 1).split(':')[0];
  if (ring.keyId === undefined)
    throw refused(`is not set, but the database was written with one (stored values need ${needed})`);
  const ours = await findOne(Or(...ids.map((id) => Between(`${kind}:${id}:`, `${kind}:${id};`))));
  if (ours === undefined)
    throw refused(`is not the key the database was written with (it is ${ring.keyId}, stored values need ${needed})`);
  logger.warn(`some stored values need the key ${needed}: what they belong to cannot be used`);
}

/** The ranges between those of our keys: they read an index, where there is one, instead of every row. `;` follows `:` in ASCII. */
function madeWithAnotherKey(kind: string, ids: string[]): FindOperator<string> {
  const ours = ids.toSorted();
  const from = [`${kind}:`, ...ours.map((id) => `${kind}:${id};`)];
  const to = [...ours.map((id) => `${kind}:${id}:`), `${kind};`];
  return Or(...from.map((start, gap) => Between(start, to[gap]!)));
}

const refused = (why: string): StartupError => new StartupError(EXIT.config, [`ENCRYPTION_KEY ${why}`]);
