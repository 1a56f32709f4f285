import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { printable, Terminal } from './terminal.js';

describe(Terminal.name, () => {
  it('takes a reader that went away quietly, and nothing else', () => {
    const stdout = new PassThrough();
    expect(new Terminal(new PassThrough(), stdout, new PassThrough()).interactive).toBe(false);
    const broken = (code: string): Error => Object.assign(new Error(code), { code });
    expect(() => stdout.emit('error', broken('EPIPE'))).not.toThrow();
    expect(() => stdout.emit('error', broken('EIO'))).toThrow('EIO');
  });

  it('speaks through the process', () => {
    const { stdin, stdout, stderr } = Terminal.ofProcess();
    expect([stdin, stdout, stderr]).toEqual([process.stdin, process.stdout, process.stderr]);
  });
});

describe(printable.name, () => {
  it('shows no control characters', () => expect(printable('a\u001b[2J\n\u009bé')).toBe('a?[2J??é'));
});
