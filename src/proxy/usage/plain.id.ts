const PLAIN_ID = /^[\x21-\x7e]{1,128}$/;

/** An id of an upstream that is short and of visible characters; undefined for any other. */
export const plainId = (value: unknown): string | undefined =>
  typeof value === 'string' && PLAIN_ID.test(value) ? value : undefined;
