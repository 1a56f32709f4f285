import { describe, expect, it } from 'vitest';
import { isRefusedStatement } from './driver.code.js';

describe(isRefusedStatement.name, () => {
  it.each(['23505', '42P01', '22P05', '40001', 'ER_DUP_ENTRY', 'ER_NO_SUCH_TABLE', 'SQLITE_CONSTRAINT_PRIMARYKEY'])(
    'is true of %s',
    (code) => expect(isRefusedStatement({ code })).toBe(true),
  );
  it.each([
    '08006',
    '53100',
    '53300',
    '57P01',
    '57014',
    'ECONNRESET',
    'ER_SERVER_SHUTDOWN',
    'ER_QUERY_TIMEOUT',
    'ER_QUERY_INTERRUPTED',
    'ER_CON_COUNT_ERROR',
    'ER_DISK_FULL',
    '',
    undefined,
  ])('is false of %s', (code) => expect(isRefusedStatement({ code })).toBe(false));
});
