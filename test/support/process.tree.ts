import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process and its children, which is all that PostgreSQL has. The parent comes first. */
export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).split(/\s+/).filter(Boolean).map(Number)];
}

function childrenOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  } catch {
    // It fails when there are none.
    return '';
  }
}
