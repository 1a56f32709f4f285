/**
 * Measures every target once a round, one after the other. Each round reverses the order, so that drift (heat, other
 * processes) favours no target. Returns the samples by the name of the target, one for each round.
 */
export async function interleaved(targets, rounds, measure) {
  const samples = new Map(targets.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const target of round % 2 === 0 ? targets : targets.toReversed())
      samples.get(target.name).push(await measure(target));
  return samples;
}

/** One field of all samples, by the name of the target. */
export const field = (samples, name) =>
  Object.fromEntries([...samples].map(([target, list]) => [target, list.map((sample) => sample[name])]));
