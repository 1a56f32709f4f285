import { expect, it } from 'vitest';
import { stageOf } from './stage';

it.each([
  [1, 'fresh'],
  [0.21, 'fresh'],
  [0.2, 'withering'],
  [0, 'withered'],
  [-1, 'withered'],
] as const)('with %f left it is %s', (left, stage) => {
  expect(stageOf(left)).toBe(stage);
});
