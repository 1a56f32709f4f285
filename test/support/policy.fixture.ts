import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import type { Variables } from '../../src/config/values/variables.js';
import { TestApp, type TokenAnswer } from './app.js';
import { type Call, ProxyFixture } from './proxy.fixture.js';

/** A file of these providers, as API_CONFIG_PATH names it. */
export function providerFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'llm-proxy-providers-')), 'providers.yaml');
  writeFileSync(path, text);
  return path;
}

/** A fixture whose application reads a provider file; `yaml` is given the recording upstream's base URL. */
export function policyFixture(yaml: (baseUrl: string) => string, variables: Variables = {}): ProxyFixture {
  const fixture = ProxyFixture.forTests();
  beforeAll(async () => {
    await fixture.app.close();
    fixture.app = await TestApp.start({ API_CONFIG_PATH: providerFile(yaml(fixture.upstream.baseUrl)), ...variables });
    fixture.token = await fixture.app.token({ max_requests: 1000 });
  });
  return fixture;
}

/** One section, for the default provider. */
export const oneProvider =
  (rules: Record<string, unknown>) =>
  (baseUrl: string): string =>
    JSON.stringify({ apis: { openai: { base_url: baseUrl, ...rules } } });

export const json: [string, string] = ['Content-Type', 'application/json'];

/** Sends a call that is to be refused, and shows that it cost nothing: no take, not a byte upstream. */
export async function expectRefused(
  fixture: ProxyFixture,
  call: Call & { token?: TokenAnswer; with?: [string, string][] },
  status: number,
  code: string,
) {
  const token = call.token ?? fixture.token;
  const { request_count: before } = await fixture.app.tokenById(token.id);
  const bytes = fixture.bytesUpstream;
  const response = await fixture.call({
    ...call,
    headers: call.headers ?? [...fixture.headers(token), ...(call.with ?? [])],
  });
  expect([response.status, response.header('x-proxy-error')]).toEqual([status, code]);
  expect(response.header('x-should-retry')).toBe('false');
  expect(fixture.bytesUpstream).toBe(bytes);
  expect((await fixture.app.tokenById(token.id)).request_count).toBe(before);
  return response;
}

/** Sends a call that is to pass, and shows that its body arrived as it was. */
export async function expectPassed(
  fixture: ProxyFixture,
  call: Call & { token?: TokenAnswer; with?: [string, string][] },
) {
  const token = call.token ?? fixture.token;
  const response = await fixture.call({
    ...call,
    headers: call.headers ?? [...fixture.headers(token), ...(call.with ?? [])],
  });
  expect([response.status, response.header('x-proxy-error')]).toEqual([200, undefined]);
  const request = await fixture.upstream.nextRequest();
  expect(request.bodyState).toBe('complete');
  expect(request.body.equals(Buffer.from(call.body ?? ''))).toBe(true);
  return { response, request };
}
