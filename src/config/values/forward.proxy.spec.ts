import { describe, expect, it } from 'vitest';
import { compileNoProxy, forwardProxyProblem, parseForwardProxy } from './forward.proxy.js';

describe(parseForwardProxy.name, () => {
  it.each([
    ['http://proxy.test:3128', { host: 'proxy.test', port: 3128, isTls: false, authorization: undefined }],
    ['proxy.test:3128', { host: 'proxy.test', port: 3128, isTls: false, authorization: undefined }],
    ['proxy.test', { host: 'proxy.test', port: 80, isTls: false, authorization: undefined }],
    ['https://proxy.test/', { host: 'proxy.test', port: 443, isTls: true, authorization: undefined }],
    ['http://[::1]:3128', { host: '::1', port: 3128, isTls: false, authorization: undefined }],
    [
      'http://u%40corp:p%3Aw%C3%A9@10.0.0.1:8',
      {
        host: '10.0.0.1',
        port: 8,
        isTls: false,
        authorization: `Basic ${Buffer.from('u@corp:p:wé').toString('base64')}`,
      },
    ],
  ])('reads %s', (text, proxy) => {
    expect([forwardProxyProblem(text), parseForwardProxy(text)]).toEqual([undefined, proxy]);
  });
});

describe(forwardProxyProblem.name, () => {
  it.each([
    'socks5://proxy.test:1080',
    'http://:1',
    'http://proxy.test/path',
    'http://proxy.test?a',
    'http://u:%zz@a',
    'a b',
  ])('refuses %s without repeating it', (text) => {
    expect(forwardProxyProblem(text)).toBeDefined();
    expect(forwardProxyProblem(text)).not.toContain(text);
  });
});

describe(compileNoProxy.name, () => {
  it.each([
    ['*', 'a.test', 443, true],
    ['', 'a.test', 443, false],
    ['b.test, a.test', 'a.test', 443, true],
    ['b.test a.test', 'a.test', 443, true],
    ['A.TEST', 'a.test', 443, true],
    ['a.test', 'x.a.test', 443, true],
    ['.a.test', 'x.a.test', 443, true],
    ['*.a.test', 'x.a.test', 443, true],
    ['a.test', 'xa.test', 443, false],
    ['a.test:443', 'a.test', 443, true],
    ['a.test:8443', 'a.test', 443, false],
    ['10.0.0.1', '10.0.0.1', 80, true],
    ['10.0.0.1:81', '10.0.0.1', 80, false],
    ['0.1', '10.0.0.1', 80, false],
    ['10.0.0.0/8', '10.1.2.3', 80, true],
    ['10.0.0.0/8', '11.1.2.3', 80, false],
    ['10.0.0.0/99', '10.1.2.3', 80, false],
    ['::1', '::1', 80, true],
    ['[::1]:80', '::1', 80, true],
    ['fd00::/8', 'fd00::1', 80, true],
    ['/', 'a.test', 80, false],
  ])('%s: %s:%i is an exception: %s', (list, host, port, isMet) => {
    expect(compileNoProxy(list)(host, port)).toBe(isMet);
  });
});
