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

  it('sees what was set or removed where there are no marks, and nothing of a key that comes or goes but itself', () => {
    const without = (values: Record<string, Json>) => ({ values, markedBy: null });
    const url = { value: 'http://h' };
    const before = without({ S: { set: true }, GONE: { set: true }, U: url });
    expect(configChanges(before, without({ S: { set: true }, U: { value: 'http://i' } }))).toEqual({
      GONE: { from: 'set', to: null },
      U: { from: url, to: { value: 'http://i' } },
    });
    const marked = shown({ S: secret('1'), GONE: secret('2'), U: { ...url, mark: '3' }, ENCRYPTION_KEY: secret('4') });
    const set = { ENCRYPTION_KEY: { from: null, to: 'set' } };
    expect(configChanges(before, marked)).toEqual(set);
    expect(configChanges(marked, before)).toEqual({ ENCRYPTION_KEY: { from: 'set', to: null } });
  });
});
