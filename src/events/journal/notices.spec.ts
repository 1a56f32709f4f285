import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notice } from '../event/proxy.event.js';
import type { Outcome } from './awaited.notices.js';
import { Notices } from './notices.js';

const EXPIRED = {
  type: 'token.expired',
  subject: 't',
  occasion: 1,
  tokenId: 't',
  projectId: 'p',
  message: 'm',
} as const;

describe(Notices.name, () => {
  let sent: Notice[];
  let lines: unknown[];
  beforeEach(() => void ([sent, lines] = [[], []]));
  beforeAll(() => {
    const silent = { log: () => undefined, error: () => undefined };
    Logger.overrideLogger({ ...silent, warn: (line: unknown) => lines.push(line) });
  });
  afterAll(() => Logger.overrideLogger(new ConsoleLogger()));
  const noticesWith = (...outcomes: Outcome[]) =>
    new Notices('r', (notice) => {
      sent.push(notice);
      return Promise.resolve(outcomes.shift() ?? 'first');
    });

  it('sends each occasion once, with one line', async () => {
    const notices = noticesWith();
    expect(await Promise.all([notices.send(EXPIRED), notices.send(EXPIRED)])).toEqual([true, true]);
    await notices.send({ ...EXPIRED, occasion: 2 });
    await notices.send({ type: 'sink.broken', subject: 'file', occasion: 'x', message: 'm', fields: { extra: 1 } });
    expect(sent.map(({ id }) => id)).toEqual(['token.expired:t:1', 'token.expired:t:2', 'sink.broken:file:x']);
    expect(sent[0]).toMatchObject({ v: 1, kind: 'notice', replica: 'r', token_id: 't', project_id: 'p', message: 'm' });
    expect(sent[2]).not.toHaveProperty('token_id');
    const line = { msg: 'm', warning: 'token.expired', project_id: 'p', token_id: 't' };
    expect(lines).toEqual([line, line, { msg: 'm', warning: 'sink.broken', extra: 1 }]);
  });

  it('has no line for a notice that another replica has sent', async () => {
    expect(await noticesWith('known').send(EXPIRED)).toBe(true);
    expect(lines).toEqual([]);
  });

  it('sends a lost notice again', async () => {
    const notices = noticesWith('lost', 'first');
    expect([await notices.send(EXPIRED), await notices.send(EXPIRED), await notices.send(EXPIRED)]).toEqual([
      false,
      true,
      true,
    ]);
    expect([sent.length, lines.length]).toEqual([2, 1]);
  });

  it('ends an id that is longer than its column with a hash', async () => {
    const notices = noticesWith();
    for (const end of ['a', 'b']) await notices.send({ ...EXPIRED, subject: `${'h'.repeat(300)}${end}` });
    expect(sent.map(({ id }) => id.length)).toEqual([200, 200]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
  });

  it('writes the line alone while events are off', async () => {
    const notices = new Notices('r', undefined);
    await notices.send(EXPIRED);
    await notices.send(EXPIRED);
    expect(notices.isOn).toBe(false);
    expect(lines).toHaveLength(1);
  });
});
