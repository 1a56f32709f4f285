/** RFC 6750 §2.1, scheme in any case (RFC 9110 §11.1), exactly one credential. */
const BEARER = /^bearer +([\x21-\x2b\x2d-\x7e]+) *$/i;

/** The bearer credential of an Authorization value; undefined without a value, `null` for anything but one bearer credential. */
export function bearer(authorization: string | undefined): string | null | undefined {
  if (authorization === undefined || authorization === '') return undefined;
  return BEARER.exec(authorization)?.[1] ?? null;
}
