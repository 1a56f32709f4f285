import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';
import type { NotedHead } from '../../audit/chain/chain.fault.js';
import { NOTED_HEAD, notedHeadOf } from '../../audit/chain/noted.heads.js';
import { keysById, type PublicKeys, publicKeyOf } from '../../audit/chain/signing.key.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { entriesProblem, validator } from '../../common/rest/validator.js';

const MAX_KEYS = 20;

const ArePublicKeys = validator('arePublicKeys', (value) => {
  if (!Array.isArray(value)) return 'must be text';
  if (value.length > MAX_KEYS) return `must have at most ${MAX_KEYS} keys`;
  return entriesProblem(value, (key) =>
    typeof key === 'string' && publicKeyOf(key) ? undefined : 'must be an Ed25519 public key, as PEM or base64 of DER',
  );
});

export class VerifyQuery {
  @ApiPropertyOptional({
    description: 'A head that was noted earlier, as `hash` or `seq:hash`: the log must still have it',
    type: String,
    pattern: '^(\\d{1,15}:)?[0-9a-f]{64}$',
  })
  @MayBeAbsent()
  @Matches(NOTED_HEAD, {
    message: 'head must be the hash of a row, or its number, a colon and its hash',
  })
  head?: string;

  @ApiPropertyOptional({
    description:
      'An Ed25519 public key that is trusted besides those of the server, as PEM or the base64 of its DER. It may be ' +
      'repeated. A row signed with any other key is then a fault, and the last row has to be signed',
    type: [String],
    maxItems: MAX_KEYS,
  })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @ArePublicKeys()
  public_key?: string[];
}

/** What the caller of a verification knows from elsewhere. */
export function known({ head, public_key: keys = [] }: VerifyQuery): {
  heads: NotedHead[];
  publicKeys: PublicKeys;
} {
  const noted = head === undefined ? undefined : notedHeadOf(head);
  const publicKeys = keysById(keys.map((key) => publicKeyOf(key)).filter((key) => key !== undefined));
  return { heads: noted ? [noted] : [], publicKeys };
}
