import { describe, expect, it } from 'vitest';
import { parseUpstreamBase, upstreamBaseProblem } from './upstream.base.js';

describe(upstreamBaseProblem.name, () => {
  it.each([
    'https://api.openai.com',
    'https://api.openai.com/',
    'http://127.0.0.1:11434',
    'https://gateway.example/openai/eu',
  ])('accepts %s', (text) => expect(upstreamBaseProblem(text)).toBeUndefined());

  it.each([
    ['', 'must be a URL'],
    ['api.openai.com', 'must be a URL'],
    ['ftp://host', 'http'],
    ['file:///etc/passwd', 'http'],
    ['https://user:password@host', 'user name'],
    ['https://host?a=b', 'query'],
    ['https://host/#', 'fragment'],
    ['https://host/a/../b', 'must have a path without'],
    ['https://host/a/..', 'must have a path without'],
    ['https://host/%2e%2e', 'must have a path without'],
    ['https://host/a b', 'must have a path without'],
    [' https://host', 'must have a path without'],
    ['https://host\\path', 'must have a path without'],
    ['https://host//path', 'must have a path without'],
    ['https://host/v1', '/v1'],
    ['https://host/prefix/v1/', '/v1'],
  ])('refuses %j: %s', (text, why) => expect(upstreamBaseProblem(text)).toContain(why));

  it('never repeats what it refuses: it may hold a password', () => {
    expect(upstreamBaseProblem('https://user:hunter2@host')).not.toContain('hunter2');
  });
});

describe(parseUpstreamBase.name, () => {
  it.each([
    ['https://api.openai.com', { origin: 'https://api.openai.com', prefix: '' }],
    ['https://API.openai.com:443/', { origin: 'https://api.openai.com', prefix: '' }],
    ['http://127.0.0.1:8000/a/b/', { origin: 'http://127.0.0.1:8000', prefix: '/a/b' }],
  ])('splits %s', (text, base) => expect(parseUpstreamBase(text)).toEqual(base));
});
