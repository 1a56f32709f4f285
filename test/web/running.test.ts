import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../support/raw.client.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { silence } from '../support/upstream.scenarios.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { type MadeToken, WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('what runs now', () => {
  let upstream: RecordingUpstream;
  const clients: RawClient[] = [];
  beforeAll(async () => {
    upstream = await RecordingUpstream.start();
    upstream.reply(silence());
  });
  const web = WebSuite.forTests(() => ({ OPENAI_API_URL: upstream.baseUrl }));
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });
  afterAll(() => upstream.close());

  async function begin({ token }: MadeToken, model: string): Promise<RawClient> {
    const client = await RawClient.connect(Number(new URL(web.server.origin).port));
    clients.push(client);
    const headers: [string, string][] = [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
    ];
    const body = JSON.stringify({ model, input: 'hi' });
    await client.send({ method: 'POST', target: '/v1/responses', headers, body });
    await upstream.nextRequest();
    return client;
  }

  it('with a token is said to be nothing, and shown when it begins', async () => {
    const token = await web.token(await web.project('Idle'));
    const page = await web.open(`tokens/${token.id}`);
    await page.getByText('Nothing is running with this token.').waitFor();
    await checkPage(page, 'running-nothing');
    await begin(token, 'gpt-4o');
    await page.reload();
    await page.getByText('gpt-4o').waitFor();
    await page.getByText('POST /v1/responses').waitFor();
  });

  it('is ended one by one: the client hears it, the row goes, the token stays', async () => {
    const token = await web.token(await web.project('One'), { name: 'nightly' });
    const client = await begin(token, 'gpt-4o');
    await begin(token, 'gpt-4o-mini');
    const page = await web.open(`tokens/${token.id}`);
    const rows = page.getByRole('list', { name: 'Running requests' }).locator('[data-row]');
    await expect.poll(() => rows.count()).toBe(2);
    await checkPage(page, 'running-two');
    await rows
      .filter({ hasText: /gpt-4o(?!-)/ })
      .getByRole('button', { name: 'End' })
      .click();
    const response = await client.response();
    expect([response.status, response.text]).toEqual([403, expect.stringContaining('ended_by_operator')]);
    await expect.poll(() => rows.count()).toBe(1);
    expect((await web.get<{ is_active: boolean }>(`/manage/tokens/${token.id}`)).is_active).toBe(true);
  });

  it('is counted before chosen tokens are revoked, and a word is asked for', async () => {
    const project = await web.project('Chosen');
    const tokens = [await web.token(project, { name: 'first' }), await web.token(project, { name: 'second' })];
    for (const token of tokens) await begin(token, 'gpt-4o');
    await begin(await web.token(project, { name: 'third' }), 'gpt-4o');
    const page = await web.open(`tokens?project_id=${project}`);
    for (const name of ['first', 'second']) await page.getByLabel(`Select ${name}`, { exact: true }).check();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Revoke 2 tokens?' });
    await dialog.getByText('2 running requests end within 250 ms.').waitFor();
    const revoke = dialog.getByRole('button', { name: 'Revoke', exact: true });
    expect(await revoke.isDisabled()).toBe(true);
    await checkPage(page, 'tokens-revoke-chosen');
    await dialog.getByLabel('Type revoke to go on').fill('revoke');
    await revoke.click();
    await page.getByText('2 tokens revoked').waitFor();
    const { streams } = await web.get<{ streams: object[] }>(`/manage/streams?project_id=${project}`);
    expect(streams).toEqual([expect.objectContaining({ token_name: 'third' })]);
  });

  it('is ended all at once, after a question with its number', async () => {
    const project = await web.project('All');
    const tokens = [await web.token(project, { name: 'first' }), await web.token(project, { name: 'second' })];
    const sent = [];
    for (const token of tokens) sent.push(await begin(token, 'gpt-4o'));
    const page = await web.open(`projects/${project}`);
    await page.getByRole('list', { name: 'Running requests' }).getByRole('link', { name: 'second' }).waitFor();
    await page.getByRole('button', { name: 'End all' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('2 running requests end at once').waitFor();
    await checkPage(page, 'running-end-all');
    await dialog.getByRole('button', { name: 'End all' }).click();
    await page.getByText('2 running requests ended').waitFor();
    for (const client of sent) expect((await client.response()).status).toBe(403);
    await page.getByText('Nothing is running in this project.').waitFor();
  });

  it('is shown to a viewer without a way to end it', async () => {
    const project = await web.project('Seen');
    const token = await web.token(project);
    await begin(token, 'gpt-4o');
    const page = await web.open(`tokens/${token.id}`, { token: await web.operator('viewer', [project]) });
    await page.getByText('gpt-4o').waitFor();
    expect(await page.getByRole('button', { name: /^End/ }).count()).toBe(0);
  });

  it('is counted before its token is revoked, which then wants a word', async () => {
    const token = await web.token(await web.project('Cut off'), { name: 'nightly' });
    const sent = [await begin(token, 'gpt-4o'), await begin(token, 'gpt-4o')];
    const page = await web.open(`tokens/${token.id}/edit`);
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('2 running requests end within 250 ms.').waitFor();
    await checkPage(page, 'running-revoke');
    const revoke = dialog.getByRole('button', { name: 'Revoke token' });
    expect(await revoke.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Type nightly to go on' }).fill('nightly');
    await revoke.click();
    await page.getByText('nightly is revoked').waitFor();
    for (const client of sent) expect((await client.response()).status).toBe(401);
  });

  it('is counted before its project is deactivated', async () => {
    const project = await web.project('Stopped');
    const client = await begin(await web.token(project), 'gpt-4o');
    const page = await web.open(`projects/${project}`);
    await page.getByRole('button', { name: 'Deactivate' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('1 running request ends within 250 ms.').waitFor();
    await dialog.getByRole('button', { name: 'Deactivate' }).click();
    await page.getByText('Stopped is deactivated').waitFor();
    expect((await client.response()).status).toBe(403);
  });

  it('is said to be nothing where a token is revoked without any', async () => {
    const { id } = await web.token(await web.project('Quiet'), { name: 'quiet' });
    const page = await web.open(`tokens/${id}`);
    await page.getByRole('button', { name: 'Revoke Token' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Nothing is running with it now.').waitFor();
    await dialog.getByRole('button', { name: 'Revoke token' }).click();
    await page.getByText('quiet is revoked').waitFor();
    expect((await web.get<{ is_active: boolean }>(`/manage/tokens/${id}`)).is_active).toBe(false);
  });
});
