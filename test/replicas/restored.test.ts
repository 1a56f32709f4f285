import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { until } from '../support/app.js';
import { heardBy, outcomeOf, Replicas } from '../support/replicas.js';
import { onServers } from '../support/databases.js';

onServers('a database that was restored from a backup', (store) => {
  const replicas = Replicas.forTests(store);
  const sql = (text: string) => replicas.a.running.app.get(DataSource).query(text);

  it.each([
    ['the counter went back', 'DELETE FROM changes', 'UPDATE revisions SET value = value - 1'],
    ['another change has its number', 'UPDATE changes SET changed_at = 1', 'UPDATE revisions SET changed_at = 1'],
    ['the counter went on, the changes did not', 'DELETE FROM changes', 'UPDATE revisions SET value = value + 5'],
  ])('makes every replica forget what it knew: %s', async (_what, ...restore) => {
    const { a, b } = replicas;
    const token = await a.token();
    // A change of its own that has arrived: otherwise there would be no revision to go back from.
    const heard = heardBy(b);
    await a.manage('PATCH', `/manage/tokens/${token.id}`, { name: 'x' });
    await until('the change', () => heard.some(({ tokens }) => tokens.has(token.id)));
    expect([await outcomeOf(b, token), await outcomeOf(b, token)]).toEqual(['ok', 'ok']);
    await sql(`UPDATE tokens SET expires_at = 1 WHERE id = '${token.id}'`);
    for (const statement of restore) await sql(statement);
    await until('everything', () => heard.some(({ everything }) => everything));
    expect(await outcomeOf(b, token)).toBe('token_expired');
    const { status } = await a.manage('DELETE', `/manage/tokens/${token.id}?wait=replicas`);
    expect(status).toBe(204);
    expect(await outcomeOf(b, token)).toBe('token_inactive');
  });
});
