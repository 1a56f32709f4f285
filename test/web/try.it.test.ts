import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { TokenView } from '../../src/token/token.view.js';
import { hasNoBrowser } from './support/browser.js';
import { checkPage } from './support/check.page.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('the check of a request', () => {
  const web = WebSuite.forTests();

  async function opened(id: string): Promise<Page> {
    const page = await web.open(`tokens/${id}`);
    await page.getByRole('heading', { name: 'Try it' }).waitFor();
    return page;
  }
  const check = async (page: Page): Promise<void> => page.getByRole('button', { name: 'Check', exact: true }).click();

  it('says which rule refuses a request, and that another is allowed', async () => {
    const project = await web.project('Search');
    const token = await web.token(project, { name: 'narrow', allowed_models: ['gpt-5*'], max_requests: 5 });
    const page = await opened(token.id);
    await page.getByLabel('Model').fill('o5');
    await check(page);
    await page.getByText('by the models of the token').waitFor();
    await page.getByText('model_not_allowed', { exact: true }).waitFor();
    await checkPage(page, 'try-it');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByText('by the models of the token').scrollIntoViewIfNeeded();
    await page.screenshot({ path: 'test-output/try-it-phone.png' });
    await page.getByLabel('Model').fill('gpt-5.6-terra');
    await check(page);
    await page.getByText('No rule refuses it.').waitFor();
    expect(await page.getByText('by the models of the token').count()).toBe(0);
    expect(await web.get<TokenView>(`/manage/tokens/${token.id}`)).toMatchObject({ request_count: 0 });
  });

  it('asks with the chosen method, and shows a refused field at the field', async () => {
    const token = await web.token(await web.project('Files'), { allowed_endpoints: ['/v1/models'] });
    const page = await opened(token.id);
    await page.getByRole('button', { name: /Method/ }).click();
    await page.getByRole('option', { name: 'GET' }).click();
    await page.getByLabel('Path').fill('/v1/models');
    await check(page);
    await page.getByText('No rule refuses it.').waitFor();
    web.browser.allow(/400/);
    await page.getByLabel('Path').fill('/v1/models?key=1');
    await check(page);
    await page.getByText('path must begin with a slash and have no query').waitFor();
    expect(await page.getByText('No rule refuses it.').count()).toBe(0);
  });

  it('needs the address of a token that is bound to networks, for a viewer too', async () => {
    const project = await web.project('Bound');
    const token = await web.token(project, { allowed_ips: ['10.0.0.0/8'] });
    const page = await web.open(`tokens/${token.id}`, { token: await web.operator('viewer', [project]) });
    await page.getByText('The token is bound to networks').waitFor();
    const address = page.getByLabel('Address');
    await address.fill('192.0.2.7');
    await check(page);
    await page.getByText('by the networks of the token').waitFor();
    await address.fill('10.1.2.3');
    await check(page);
    await page.getByText('No rule refuses it.').waitFor();
    expect(await page.getByText('Refused', { exact: true }).count()).toBe(0);
  });
});
