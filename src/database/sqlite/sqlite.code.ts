const CODES: Record<number, string> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
  787: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  1299: 'SQLITE_CONSTRAINT_NOTNULL',
  1555: 'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067: 'SQLITE_CONSTRAINT_UNIQUE',
};

/** Adds to an error of node:sqlite the `code` that TypeORM and its callers read. */
export function withSqliteCode<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const number = (error as { errcode?: number }).errcode;
    if (number !== undefined)
      (error as { code: string }).code = CODES[number] ?? CODES[number & 0xff] ?? `SQLITE_${number}`;
    throw error;
  }
}
