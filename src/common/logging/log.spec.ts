import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger, NestLog } from './log.js';

function logTo(format: 'json' | 'console', level = 'trace') {
  const sink = new PassThrough({ encoding: 'utf8' });
  return { logger: createLogger({ level, format }, sink), line: async () => String((await once(sink, 'data'))[0]) };
}

describe(createLogger.name, () => {
  it('writes one JSON line an entry', async () => {
    const { logger, line } = logTo('json');
    logger.info({ path: '/a\r\n{"level":"fatal"}\u2028\u001b[31m' }, 'request');
    const text = await line();
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'request' });
    expect(text).not.toContain('\u001b');
  });

  it('writes one readable line an entry', async () => {
    const { logger, line } = logTo('console');
    logger.warn({ a: 1, b: 'x\ny' }, 'hello');
    expect(await line()).toMatch(/^\d\d:\d\d:\d\d WARN  hello a=1 b="x\\ny"\n$/);
  });

  it('shows of an error its kind, sentence, code and causes, never its other properties', async () => {
    const { logger, line } = logTo('json');
    const cause = Object.assign(new Error('inner'), { code: 'SQLITE_BUSY', parameters: ['secret-parameter'] });
    logger.error({ err: Object.assign(new Error('outer', { cause }), { query: 'secret-query' }) });
    const text = await line();
    expect(JSON.parse(text)).toMatchObject({
      err: { type: 'Error', message: 'outer', cause: { message: 'inner', code: 'SQLITE_BUSY' } },
    });
    expect(text).not.toMatch(/secret-/);
    logger.error({ err: 'no error at all' });
    expect(JSON.parse(await line())).toMatchObject({ err: { type: 'string' } });
  });
});

describe(NestLog.name, () => {
  it.each([
    ['log', 'info'],
    ['debug', 'debug'],
    ['verbose', 'trace'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'fatal'],
  ] as const)('writes %s as %s', async (method, level) => {
    const { logger, line } = logTo('json');
    new NestLog(logger)[method]('a sentence', 'Context');
    expect(JSON.parse(await line())).toMatchObject({ level, msg: 'a sentence', context: 'Context' });
  });

  it('keeps fields and errors, and what Nest says of its wiring for those who debug it', async () => {
    const { logger, line } = logTo('json');
    const log = new NestLog(logger);
    log.warn({ msg: 'counted', tokens: 3 }, 'TokenUsage');
    expect(JSON.parse(await line())).toMatchObject({ msg: 'counted', tokens: 3, context: 'TokenUsage' });
    log.error(new Error('broken'), 'Context');
    expect(JSON.parse(await line())).toMatchObject({ err: { message: 'broken' } });
    log.log('wired', 'InstanceLoader');
    expect(JSON.parse(await line())).toMatchObject({ level: 'debug' });
  });
});
