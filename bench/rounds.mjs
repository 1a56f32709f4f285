/**
 * Measures every target once a round, one at a time, in an order that turns around each round: what drifts (heat,
 * neighbours) does not favour the first. The samples of each target, by name; index = round.
 */
export async function interleaved(targets, rounds, measure) {
  const samples = new Map(targets.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const target of round % 2 === 0 ? targets : targets.toReversed())
      samples.get(target.name).push(await measure(target));
  return samples;
}

/** One field of all samples, by target's name. */
export const field = (samples, name) =>
  Object.fromEntries([...samples].map(([target, list]) => [target, list.map((sample) => sample[name])]));
