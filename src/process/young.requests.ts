import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/**
 * Forbids V8 to make objects of requests in the memory of objects that stay: each would keep what it points to until the
 * next full collection (docs/decisions/0057). Call it once the server listens: code is cached under the flags that it was
 * compiled with, and the cache of Node's own code has those of the start.
 */
export function keepRequestsYoung(): void {
  flushCompileCache();
  setFlagsFromString('--no-allocation-site-pretenuring');
}
