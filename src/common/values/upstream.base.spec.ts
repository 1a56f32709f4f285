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
    ['', 'no URL'],
    ['api.openai.com', 'no URL'],
    ['ftp://host', 'http'],
    ['file:///etc/passwd', 'http'],
    ['https://user:password@host', 'user name'],
    ['https://host?a=b', 'query'],
    ['https://host/#', 'fragment'],
    ['https://host/a/../b', 'plain path'],
    ['https://host/a/..', 'plain path'],
    ['https://host/%2e%2e', 'plain path'],
    ['https://host/a b', 'plain path'],
    [' https://host', 'plain path'],
    ['https://host\\path', 'plain path'],
    ['https://host//path', 'plain path'],
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
