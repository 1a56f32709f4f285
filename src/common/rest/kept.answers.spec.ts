import { describe, expect, it, vi } from 'vitest';
import { KeptAnswers } from './kept.answers.js';

describe(KeptAnswers, () => {
  const clock = { ms: 0, now: () => clock.ms };

  it('keeps an answer as long as it says, and no failure', async () => {
    clock.ms = 0;
    const answers = new KeptAnswers<number>(clock, (answer) => answer * 1000);
    const make = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('away')).mockResolvedValue(5);
    await expect(answers.of('a', make)).rejects.toThrow('away');
    expect([await answers.of('a', make), await answers.of('a', make)]).toEqual([5, 5]);
    expect(make).toHaveBeenCalledTimes(2);
    clock.ms = 5000;
    await answers.of('a', make);
    await answers.of('b', make);
    expect(make).toHaveBeenCalledTimes(4);
  });

  it('makes one at a time, and once for all who ask for it', async () => {
    const answers = new KeptAnswers<string>(clock, () => 1000);
    let running = 0;
    let most = 0;
    const make = vi.fn<(answer: string) => Promise<string>>(async (answer) => {
      most = Math.max(most, (running += 1));
      await Promise.resolve();
      running -= 1;
      return answer;
    });
    const keys = ['a', 'b', 'a', 'c', 'b'];
    expect(await Promise.all(keys.map(async (key) => answers.of(key, async () => make(key))))).toEqual(keys);
    expect([most, make.mock.calls.length]).toEqual([1, 3]);
  });

  it('keeps a hundred', async () => {
    const answers = new KeptAnswers<number>(clock, () => 1000);
    const make = vi.fn<() => Promise<number>>().mockResolvedValue(1);
    for (let i = 0; i <= 100; i += 1) await answers.of(String(i), make);
    await answers.of('100', make);
    expect(make).toHaveBeenCalledTimes(101);
    await answers.of('0', make);
    expect(make).toHaveBeenCalledTimes(102);
  });
});
