import { describe, expect, it } from 'vitest';
import { TurnBudget } from './turn.budget.js';

const busy = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe(TurnBudget.name, () => {
  it('runs at once what fits into a turn', () => {
    const ran: number[] = [];
    const budget = new TurnBudget();
    budget.run(() => ran.push(1));
    budget.run(() => ran.push(2));
    expect(ran).toEqual([1, 2]);
  });

  it('leaves the rest to later turns, in its order', async () => {
    const ran: number[] = [];
    const budget = new TurnBudget();
    for (const id of [1, 2, 3])
      budget.run(() => {
        busy(5);
        ran.push(id);
      });
    expect(ran).toEqual([1]);
    await turn();
    expect(ran).toEqual([1, 2]);
    await turn();
    expect(ran).toEqual([1, 2, 3]);
  });
});
