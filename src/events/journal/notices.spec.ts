import { beforeEach, describe, expect, it } from 'vitest';
import type { Notice } from '../event/proxy.event.js';
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
  beforeEach(() => void (sent = []));

  it('sends each occasion once', () => {
    const notices = new Notices('r', (notice) => sent.push(notice));
    notices.send(EXPIRED);
    notices.send(EXPIRED);
    notices.send({ ...EXPIRED, occasion: 2 });
    notices.send({ type: 'sink.broken', subject: 'file', occasion: 'x', message: 'm' });
    expect(sent.map(({ id }) => id)).toEqual(['token.expired:t:1', 'token.expired:t:2', 'sink.broken:file:x']);
    expect(sent[0]).toMatchObject({ v: 1, kind: 'notice', replica: 'r', token_id: 't', project_id: 'p', message: 'm' });
    expect(sent[2]).not.toHaveProperty('token_id');
  });

  it('does nothing while events are off', () => {
    const notices = new Notices('r', undefined);
    notices.send(EXPIRED);
    expect(notices.isOn).toBe(false);
  });
});
