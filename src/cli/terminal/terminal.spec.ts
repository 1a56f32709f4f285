import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { printable, Terminal } from './terminal.js';

describe(Terminal.name, () => {
  const broken = (code: string): Error => Object.assign(new Error(code), { code });
  const onto = (stdout: Writable, stderr: Writable = new PassThrough()) =>
    new Terminal(new PassThrough(), stdout, stderr);
  /** Fails from its second write on. */
  const failing = (code: string): Writable & { writes: number } => {
    const write = (_: unknown, _encoding: unknown, done: (error?: Error) => void): void => {
      stream.writes += 1;
      done(stream.writes > 1 ? broken(code) : undefined);
    };
    const stream = Object.assign(new Writable({ write, autoDestroy: false }), { writes: 0 });
    return stream;
  };
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 50; n += 1) yield Buffer.from(`${n}\n`);
  }

  it('takes a reader that went away quietly, and stops', async () => {
    const stdout = failing('EPIPE');
    const terminal = onto(stdout);
    await terminal.writeAll(pieces());
    await terminal.flushed();
    expect([stdout.writes <= 3, terminal.hasFailed, terminal.interactive]).toEqual([true, false, false]);
    expect(stdout.listenerCount('error') + stdout.listenerCount('drain') + stdout.listenerCount('close')).toBe(1);
  });

  it.each([
    ['ENOSPC', 'standard output cannot be written (ENOSPC): the disk is full'],
    ['EIO', 'standard output cannot be written (EIO)'],
  ])('says that results are lost: %s', async (code, message) => {
    const terminal = onto(failing(code));
    await terminal.writeAll(pieces());
    await expect(terminal.flushed()).rejects.toMatchObject({ exitCode: 1, message });
    await expect(terminal.failed).rejects.toThrow(message);
    expect(terminal.hasFailed).toBe(true);
  });

  it('goes on when errors cannot be shown', () => {
    const stderr = new PassThrough();
    expect(onto(new PassThrough(), stderr).hasFailed).toBe(false);
    expect(() => stderr.emit('error', broken('ENOSPC'))).not.toThrow();
  });

  it('speaks through the process', () => {
    const { stdin, stdout, stderr } = Terminal.ofProcess();
    expect([stdin, stdout, stderr]).toEqual([process.stdin, process.stdout, process.stderr]);
  });
});

describe(printable.name, () => {
  it('shows no control characters', () => expect(printable('a\u001b[2J\n\u009bé')).toBe('a?[2J??é'));
});
