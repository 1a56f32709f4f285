import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { crossSiteProblem } from './same.origin.js';

const problem = (method: string, headers: IncomingHttpHeaders, host = 'proxy.test') =>
  crossSiteProblem({ method, headers, host });
const ADMIN = { 'x-llm-proxy-admin': '1' };

describe(crossSiteProblem, () => {
  it.each<[string, string, IncomingHttpHeaders, string?]>([
    ['a read of a page', 'GET', { 'sec-fetch-site': 'same-origin' }],
    ['a read from the address bar', 'GET', { 'sec-fetch-site': 'none' }],
    ['a read over http, which says nothing', 'HEAD', {}],
    ['a read over http with its origin', 'GET', { origin: 'http://proxy.test' }],
    ['a change', 'POST', { 'sec-fetch-site': 'same-origin', ...ADMIN }],
    ['a change over http', 'PATCH', { origin: 'http://proxy.test', ...ADMIN }],
    ['a change on a port', 'DELETE', { origin: 'http://proxy.test:8080', ...ADMIN }, 'proxy.test:8080'],
    ['the port of the scheme', 'POST', { origin: 'https://proxy.test', ...ADMIN }, 'proxy.test:443'],
    ['IPv6', 'POST', { origin: 'http://[::1]:8080', ...ADMIN }, '[::1]:8080'],
    ['upper case', 'POST', { origin: 'http://proxy.test', ...ADMIN }, 'PROXY.test'],
    ['Sec-Fetch-Site before Origin', 'POST', { 'sec-fetch-site': 'same-origin', origin: 'null', ...ADMIN }],
  ])('lets %s through', (_what, method, headers, host) => {
    expect(problem(method, headers, host)).toBeUndefined();
  });

  it.each<[string, string, IncomingHttpHeaders, string, string?]>([
    ['a read of another site', 'GET', { 'sec-fetch-site': 'cross-site' }, 'Sec-Fetch-Site is cross-site'],
    ['a read of a subdomain', 'GET', { 'sec-fetch-site': 'same-site' }, 'Sec-Fetch-Site is same-site'],
    ['an unknown word', 'GET', { 'sec-fetch-site': 'x"y' }, 'Sec-Fetch-Site is not known'],
    ['a form from the address bar', 'POST', { 'sec-fetch-site': 'none', ...ADMIN }, 'Sec-Fetch-Site is none'],
    ['a read of another origin', 'GET', { origin: 'http://evil.test' }, 'evil.test'],
    ['a change of another origin', 'POST', { origin: 'http://evil.test', ...ADMIN }, 'evil.test'],
    ['another port', 'POST', { origin: 'http://proxy.test:81', ...ADMIN }, 'proxy.test:81'],
    ['https on the port of http', 'POST', { origin: 'https://proxy.test', ...ADMIN }, 'proxy.test:80', 'proxy.test:80'],
    ['an opaque origin', 'POST', { origin: 'null', ...ADMIN }, 'the host of its Origin'],
    ['a change that says nothing', 'POST', ADMIN, 'neither Sec-Fetch-Site nor Origin'],
    ['a change without our header', 'POST', { 'sec-fetch-site': 'same-origin' }, 'x-llm-proxy-admin: 1'],
    ['a host that is none', 'POST', { origin: 'http://evil.test', ...ADMIN }, 'the same', '<b>'],
  ])('refuses %s', (_what, method, headers, words, host) => {
    expect(problem(method, headers, host)).toContain(words);
  });
});
