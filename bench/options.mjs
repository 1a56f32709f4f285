import { parseArgs } from 'node:util';
import { TARGETS } from './targets/targets.mjs';

export const FIGURES = ['json', 'latency', 'stream', 'memory', 'upload', 'start'];

/** How often and how long each figure is measured. */
const FULL = {
  json: { rounds: 24, sliceMs: 300, warmMs: 8000, connections: 32 },
  latency: { rounds: 9, sliceMs: 2000, warmMs: 2000 },
  stream: { rounds: 9, chunks: 200, warmChunks: 200, firstBytes: 300, warmFirstBytes: 3000 },
  memory: { counts: [1000, 5000], settleMs: 1000 },
  upload: { rounds: 9, warm: 20, warmMs: 1000 },
  start: { rounds: 9 },
};
const QUICK = {
  json: { rounds: 9, sliceMs: 200, warmMs: 1000, connections: 32 },
  latency: { rounds: 5, sliceMs: 600, warmMs: 600 },
  stream: { rounds: 5, chunks: 50, warmChunks: 50, firstBytes: 40, warmFirstBytes: 1000 },
  memory: { counts: [1000], settleMs: 1000 },
  upload: { rounds: 5, warm: 3, warmMs: 1000 },
  start: { rounds: 5 },
};
/** Only shows that everything runs; its figures have no meaning. */
const SMOKE = {
  json: { rounds: 1, sliceMs: 50, warmMs: 50, connections: 4 },
  latency: { rounds: 1, sliceMs: 100, warmMs: 50 },
  stream: { rounds: 1, chunks: 3, warmChunks: 3, firstBytes: 3, warmFirstBytes: 3 },
  memory: { counts: [50], settleMs: 50 },
  upload: { rounds: 1, warm: 0, warmMs: 50 },
  start: { rounds: 1 },
};

export const USAGE = `npm run bench -- [options]

  --quick             fewer and shorter rounds: under two minutes
  --smoke             one tiny round of everything, to check that it runs
  --json              print JSON instead of the table
  --only <figures>    of ${FIGURES.join(', ')} (comma-separated)
  --targets <names>   of ${TARGETS.join(', ')} (comma-separated); direct and floor are always included
  --rounds <n>        number of rounds of each figure
  --growth            measure how the cost grows with connections, tokens and projects
  --profile [<file>]  record a CPU profile of the server under load, for the browser's developer tools
`;

/** Parses the arguments. Throws an error with a sentence for the user when they are not valid. */
export function readOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      only: { type: 'string' },
      targets: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  if (positionals.length > (values.profile ? 1 : 0)) throw new Error(`unknown argument: ${positionals.join(' ')}`);
  const short = values.quick ? QUICK : FULL;
  const sizes = values.smoke ? SMOKE : short;
  return {
    ...values,
    profileFile: positionals[0] ?? 'llm-proxy.cpuprofile',
    figures: selection('--only', values.only, FIGURES),
    targets: selection('--targets', values.targets, TARGETS),
    sizes: values.rounds === undefined ? sizes : withRounds(sizes, values.rounds),
  };
}

function selection(flag, text, all) {
  const names = text?.split(',').map((name) => name.trim()) ?? all;
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new Error(`${flag}: there is no ${unknown.join(', ')}; the choices are ${all.join(', ')}`);
  return all.filter((name) => names.includes(name));
}

function withRounds(sizes, text) {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1');
  return Object.fromEntries(
    Object.entries(sizes).map(([figure, size]) => [figure, 'rounds' in size ? { ...size, rounds } : size]),
  );
}
