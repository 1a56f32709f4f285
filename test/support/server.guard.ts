import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

// Standard input ends when we do, however we end. The last line read names the server to take along; a blank one names none.
// A frozen server has to be thawed to be stopped, and so have its children.
const SCRIPT = `
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  all="$pid $(cat "/proc/$pid/task/$pid/children" 2>/dev/null)"
  kill -CONT $all
  kill -"$1" "$pid"
  tries=0
  while kill -0 "$pid" && [ "$tries" -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
  if kill -0 "$pid"; then kill -KILL $all; fi
fi
rm -rf "$2"
`;

/** A process beside ours that ends a server and removes its folder when we are gone, be it by SIGKILL. */
export class ServerGuard {
  private readonly process: ChildProcess;

  constructor(stopSignal: NodeJS.Signals, folder: string) {
    const args = ['-c', SCRIPT, 'guard', stopSignal.replace('SIG', ''), folder];
    this.process = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.process.unref();
    (this.process.stdin as Socket).unref();
  }

  /** The server to end with us. None while it is down: its number may be another's by then. */
  watch(pid: number | undefined): void {
    this.process.stdin!.write(`${pid ?? ''}\n`);
  }

  /** What happens when we die: the server watched ends, and the folder goes. */
  async end(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.stdin!.end();
    await ended;
  }
}
