import { describe, expect, it } from 'vitest';
import { readEvents as stream, readUsage as read, USAGE } from '../../../test/support/usage.reading.js';
import { estimate } from './usage.estimate.js';

describe(estimate.name, () => {
  const chunks = [{ id: 'a', model: 'gpt-4.1', choices: [{ delta: { content: 'Twelve bytes' } }] }];

  it('estimates a stream that was not asked for figures', () => {
    expect(estimate(stream(chunks), 41)).toMatchObject({ source: 'estimated', figures: { input: 11, output: 3 } });
  });

  it('does not estimate the output of a model that reasons', () => {
    const report = stream([{ ...chunks[0], model: 'gpt-5.6-luna' }]);
    expect(estimate(report, 40)).toMatchObject({ source: 'estimated', figures: { input: 10 } });
    expect(estimate(report, 40).figures.output).toBeUndefined();
  });

  it('leaves every other report as it is', () => {
    const report = read({ usage: USAGE });
    expect(estimate(report, 40)).toBe(report);
    const broken = stream(chunks, { isWhole: false });
    expect(estimate(broken, 40)).toBe(broken);
  });
});
