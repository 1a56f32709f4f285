import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endChild, startChild } from '../child.mjs';
import { LOAD_CORE } from '../machine.mjs';

const MAIN = fileURLToPath(new URL('main.mjs', import.meta.url));

/** Controls the process of the load generator. It runs one task at a time. */
export class Generator {
  constructor() {
    this.child = startChild(LOAD_CORE, process.execPath, [MAIN], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** Runs one kind of load (load/main.mjs) and returns its result: `ok`, `bad` and figures. */
  async run(kind, parameters = {}) {
    this.child.send({ kind, parameters });
    const settled = new AbortController();
    const { signal } = settled;
    try {
      const [message] = await Promise.race([once(this.child, 'message', { signal }), this.ended(signal)]);
      if (message.error !== undefined) throw new Error(`${kind}: ${message.error}`);
      return message.result;
    } finally {
      settled.abort();
    }
  }

  async ended(signal) {
    await once(this.child, 'exit', { signal });
    throw new Error('the load generator ended');
  }

  stop() {
    return endChild(this.child);
  }
}
