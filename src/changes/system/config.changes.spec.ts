import { describe, expect, it } from 'vitest';
import type { Json } from '../../common/audit/json.js';
import { configChanges } from './config.changes.js';

const secret = (mark: string) => ({ set: true, mark });
const shown = (values: Record<string, Json>, key_id = 'k1', variable = 'ENCRYPTION_KEY') => ({
  values,
  markedBy: { variable, key_id },
});

describe(configChanges.name, () => {
  it.each<[Record<string, Json>, Record<string, Json>, Record<string, unknown>]>([
    [{ A: 'x' }, { A: 'x' }, {}],
    [{ A: 'x' }, { A: 'y' }, { A: { from: 'x', to: 'y' } }],
    [{ A: 'x' }, {}, { A: { from: 'x', to: null } }],
    [{}, { A: 'x' }, { A: { from: null, to: 'x' } }],
    [{ S: secret('1') }, { S: secret('1') }, {}],
    [{ S: secret('1') }, { S: secret('2') }, { S: { from: 'set', to: 'changed' } }],
    [{}, { S: secret('1') }, { S: { from: null, to: 'set' } }],
    [{ S: secret('1') }, {}, { S: { from: 'set', to: null } }],
    [
      { F: { path: 'p', sha256: '1' } },
      { F: { path: 'p', sha256: '2' } },
      { F: { from: { path: 'p', sha256: '1' }, to: { path: 'p', sha256: '2' } } },
    ],
  ])('from %j to %j', (before, after, changes) => {
    expect(configChanges(shown(before), shown(after))).toEqual(changes);
  });

  it('names of secrets under another key that key alone, and what was set or removed', () => {
    const before = shown({ ENCRYPTION_KEY: secret('1'), S: secret('1'), GONE: secret('1'), A: 'x' });
    const after = shown({ ENCRYPTION_KEY: secret('2'), S: secret('9'), A: 'y' }, 'k2');
    expect(configChanges(before, after)).toEqual({
      A: { from: 'x', to: 'y' },
      ENCRYPTION_KEY: { from: 'set', to: 'changed' },
      GONE: { from: 'set', to: null },
    });
  });
});
