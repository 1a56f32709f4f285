import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endChild, startChild } from '../child.mjs';
import { LOAD_CORE } from '../machine.mjs';

const MAIN = fileURLToPath(new URL('main.mjs', import.meta.url));

/** Our side of the load generator. One task at a time. */
export class Generator {
  constructor() {
    this.child = startChild(LOAD_CORE, process.execPath, [MAIN], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** Runs one of the kinds of load (load/main.mjs) and gives what came of it: `ok`, `bad`, and figures. */
  async run(kind, parameters = {}) {
    this.child.send({ kind, parameters });
    const answered = new AbortController();
    const { signal } = answered;
    try {
      const [answer] = await Promise.race([once(this.child, 'message', { signal }), this.ended(signal)]);
      if (answer.error !== undefined) throw new Error(`${kind}: ${answer.error}`);
      return answer.result;
    } finally {
      answered.abort();
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
