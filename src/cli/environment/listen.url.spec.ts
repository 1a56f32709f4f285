import { describe, expect, it } from 'vitest';
import { listenUrl } from './listen.url.js';

describe(listenUrl.name, () => {
  it.each([
    [undefined, 'http://localhost:8080'],
    ['nonsense', 'http://localhost:8080'],
    [':9000', 'http://localhost:9000'],
    ['0.0.0.0:9000', 'http://localhost:9000'],
    ['[::]:9000', 'http://localhost:9000'],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['[::1]:9000', 'http://[::1]:9000'],
    ['proxy.local:9000', 'http://proxy.local:9000'],
  ])('%s is %s', (address, url) => expect(listenUrl(address)).toBe(url));
});
