import type { FileHandle } from 'node:fs/promises';

const NEW_LINE = 0x0a;
const STEP_BYTES = 64 * 1024;

/** The bytes of a file up to the end of its last whole line. What follows was written by a process that died, and is sent again. */
export async function wholeLinesBytes(handle: FileHandle, size: number): Promise<number> {
  const step = Buffer.alloc(STEP_BYTES);
  for (let end = size; end > 0;) {
    const start = Math.max(end - STEP_BYTES, 0);
    const { bytesRead } = await handle.read(step, 0, end - start, start);
    const at = step.subarray(0, bytesRead).lastIndexOf(NEW_LINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}
