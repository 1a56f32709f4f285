import { PassThrough } from 'node:stream';
import type { Logger } from 'pino';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../common/logging/log.js';
import { VERSION } from '../common/values/package.js';
import { announce } from './announcement.js';

describe(announce.name, () => {
  /** All that is written, to the terminal and to the log. */
  const said = (isTTY: boolean, level = 'info', host = ''): string => {
    const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
    const logger: Logger = createLogger({ level, format: 'json' }, output);
    announce(logger, { host, port: 8080 }, output as unknown as NodeJS.WriteStream);
    return String(output.read() ?? '');
  };

  it('shows a terminal the version and two addresses', () => {
    expect(said(true)).toBe(
      `llm-proxy ${VERSION}\n  address        http://localhost:8080\n  documentation  http://localhost:8080/docs\n`,
    );
    expect(said(true, 'info', '::1')).toContain(' http://[::1]:8080/docs\n');
  });

  it('writes a pipe one line of JSON', () => {
    expect(JSON.parse(said(false))).toMatchObject({ level: 'info', msg: 'listening', host: '', port: 8080 });
  });

  it.each([true, false])('is silent where the level is above info', (isTTY) => {
    expect(said(isTTY, 'warn')).toBe('');
  });
});
