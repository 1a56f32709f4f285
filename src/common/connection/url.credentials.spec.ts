import { describe, expect, it } from 'vitest';
import { passwordsIn, withoutCredentials } from './url.credentials.js';

describe(withoutCredentials.name, () => {
  it.each([
    ['http://user:canary@proxy.example:8080', 'http://proxy.example:8080'],
    ['postgres://u:can@ary@host/db', 'postgres://host/db'],
    ['postgres://u:can@ary@canary@host:5432/db?password=canary', 'postgres://host:5432/db'],
    ['mysql://canary@host/db', 'mysql://host/db'],
    ['https://hooks.example/x?key=canary#canary', 'https://hooks.example/x'],
    ['https://u:canary@a.example,https://v:canary@b.example/x', 'https://a.example,https://b.example/x'],
    ['https://a.example, https://u:can,ary@b.example', 'https://a.example, https://b.example'],
    ['user:canary@proxy.example:3128', 'proxy.example:3128'],
    ['canary@proxy.example', 'proxy.example'],
    ['postgres://u:canary/canary@host/db', 'postgres://host/db'],
    ['http://u:canary@[::1/x@y?canary', 'http://y'],
  ])('cuts %s', (text, clear) => {
    expect(withoutCredentials(text)).toBe(clear);
    expect(clear).not.toContain('canary');
  });

  it.each([
    'HTTPS://A.example:443/',
    'https://hooks.example/@channel',
    '/var/log/a@b.log',
    './x.db',
    '127.0.0.1:0',
    '',
  ])('leaves %j', (text) => expect(withoutCredentials(text)).toBe(text));
});

describe(passwordsIn.name, () => {
  it.each<[string, string[]]>([
    ['postgres://u:p%20w@host/db', ['p%20w', 'p w']],
    ['postgres://u:p@w%20x@host/db', ['p%40w%20x', 'p@w%20x', 'p@w x']],
    ['http://user@proxy.example', []],
    ['http://u:p@host/x@y', ['p']],
    ['http://u:%zz@host', ['%zz']],
    ['http://host/u:p@x', []],
    ['postgres://u:p/w@host', []],
    ['a secret', []],
  ])('of %s', (url, secrets) => expect(passwordsIn(url)).toEqual(secrets));
});
