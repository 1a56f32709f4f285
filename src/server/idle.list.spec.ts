import { describe, expect, it } from 'vitest';
import { IdleLink, IdleList } from './idle.list.js';

describe(IdleList.name, () => {
  it('names the link that was added first, whatever left in between', () => {
    const list = new IdleList<IdleLink>();
    const [a, b, c] = [new IdleLink(), new IdleLink(), new IdleLink()];
    for (const link of [a, b, c]) list.add(link);
    expect(list.oldest).toBe(a);
    b.unlink();
    b.unlink();
    list.add(a);
    expect(list.oldest).toBe(c);
    c.unlink();
    a.unlink();
    expect(list.oldest).toBeUndefined();
  });
});
