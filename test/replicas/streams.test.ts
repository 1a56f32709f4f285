import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { expect, it, vi } from 'vitest';
import { TokenEntity } from '../../src/token/token.entity.js';
import { until } from '../support/app.js';
import { RawClient } from '../support/raw.client.js';
import { heardBy, outcomeOf, Replicas } from '../support/replicas.js';
import { onServers } from '../support/databases.js';

const ERROR_EVENT =
  'event: error\ndata: {"error":{"message":"The withering token has been revoked.","type":"authentication_error","param":null,"code":"token_inactive"}}\n\n';

onServers('on the other replica', (store) => {
  const replicas = Replicas.forTests(store);

  it('a running stream of a revoked token ends with one error event', async () => {
    const { a, b, upstream } = replicas;
    const token = await a.token();
    const paced = upstream.sse();
    const client = await RawClient.connect(b.port);
    const headers: [string, string][] = [['Authorization', `Bearer ${token.token}`]];
    await client.send({ method: 'POST', target: '/v1/responses', headers, body: '{}' });
    const request = await paced.opened();
    await paced.send('data: 1\n\n');
    await client.sees('data: 1\n\n');
    await a.manage('DELETE', `/manage/tokens/${token.id}`);
    const response = await client.response();
    expect([response.text, response.truncated]).toEqual([`data: 1\n\n${ERROR_EVENT}`, true]);
    expect((await request.closed()).by).toBe('peer');
    client.destroy();
  });

  it('a late read never brings back what was revoked meanwhile', async () => {
    const { a, b } = replicas;
    const token = await a.token();
    const heard = heardBy(b);
    const tokens = b.running.app.get<Repository<TokenEntity>>(getRepositoryToken(TokenEntity));
    const find = tokens.findOneBy.bind(tokens);
    vi.spyOn(tokens, 'findOneBy').mockImplementationOnce(async (where) => {
      const read = await find(where);
      await a.manage('DELETE', `/manage/tokens/${token.id}`);
      await until('the changes', () => heard.some((changes) => changes.tokens.has(token.id)));
      return read;
    });
    expect(await outcomeOf(b, token)).toBe('token_inactive');
    expect(await outcomeOf(b, token)).toBe('token_inactive');
  });
});
