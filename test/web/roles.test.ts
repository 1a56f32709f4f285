import { describe, expect, it } from 'vitest';
import { hasNoBrowser } from './support/browser.js';
import { WebSuite } from './support/web.suite.js';

describe.skipIf(hasNoBrowser)('who is no admin', () => {
  const web = WebSuite.forTests();

  it('sees as a viewer no button that would be refused', async () => {
    const project = await web.project('Watched');
    const { id } = await web.token(project, { name: 'seen' });
    const token = await web.operator('viewer', [project]);
    const tokens = await web.open('tokens', { token });
    await tokens.getByRole('link', { name: 'seen' }).waitFor();
    expect(await tokens.getByRole('link', { name: 'New token' }).count()).toBe(0);
    expect(await tokens.getByRole('checkbox').count()).toBe(0);
    expect(await tokens.getByRole('button', { name: 'Revoke seen' }).count()).toBe(0);
    const one = await web.open(`tokens/${id}`, { token });
    await one.getByText('Token ID').waitFor();
    expect(await one.getByRole('button', { name: 'Revoke Token' }).count()).toBe(0);
    const page = await web.open(`projects/${project}`, { token });
    await page.getByText('not shown').waitFor();
    expect(await page.getByText('Danger zone').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
  });

  it('is told on a form that it may not be sent', async () => {
    const project = await web.project('Forms');
    const { id } = await web.token(project);
    const token = await web.operator('viewer', [project]);
    for (const path of ['projects/new', `projects/${project}/edit`, 'tokens/new', `tokens/${id}/edit`]) {
      const page = await web.open(path, { token });
      await page.getByRole('heading', { name: 'Not with your role' }).waitFor();
      expect([path, await page.locator('main form').count()]).toEqual([path, 0]);
    }
  });

  it('revokes all tokens of its project as a manager, and does nothing else to it', async () => {
    const project = await web.project('Managed');
    await web.token(project);
    const page = await web.open(`projects/${project}`, { token: await web.operator('manager', [project]) });
    await page.getByRole('button', { name: 'Revoke All Tokens' }).click();
    await page.getByLabel('Type Managed to go on').fill('Managed');
    await page.getByRole('button', { name: 'Revoke all', exact: true }).click();
    await page.getByText('1 token revoked').waitFor();
    expect(await page.getByRole('button', { name: /Deactivate|Delete/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Check the key' }).count()).toBe(0);
  });

  it('makes tokens as a manager, up to what the project allows', async () => {
    web.browser.allow(/403/);
    const project = await web.project('Bounded', { token_maxima: { max_requests: 50 } });
    const page = await web.open(`tokens/new?project_id=${project}`, {
      token: await web.operator('manager', [project]),
    });
    await page.getByText('The project allows at most 50.').waitFor();
    await page.locator('#max_requests').fill('51');
    await page.getByRole('button', { name: 'Create Token' }).click();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('max_requests');
    await page.locator('#max_requests').fill('50');
    await page.getByRole('button', { name: 'Create Token' }).click();
    await page.getByRole('heading', { name: 'Token created' }).waitFor();
  });
});
