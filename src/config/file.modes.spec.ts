import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modeWarning } from './file.modes.js';

describe.skipIf(process.platform === 'win32')(modeWarning.name, () => {
  const path = join(mkdtempSync(join(tmpdir(), 'llm-proxy-modes-')), 'file');

  it('says nothing of a file that is not there', () => expect(modeWarning(path)).toBeUndefined());

  it.each([
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o644, true],
    [0o666, true],
  ])('BS-06 A17 judges the mode %o', (mode, isLoose) => {
    writeFileSync(path, '');
    chmodSync(path, mode);
    expect(modeWarning(path) !== undefined).toBe(isLoose);
    expect(modeWarning(path)?.includes(`chmod 600 ${path}`) ?? false).toBe(isLoose);
    chmodSync(path, 0o600);
  });
});
