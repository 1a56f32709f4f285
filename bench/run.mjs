// The benchmark: `npm run bench`. docs/performance.md says what each figure means.
import { Bench } from './bench.mjs';
import { jsonFigure } from './figures/json.mjs';
import { latencyFigure } from './figures/latency.mjs';
import { memoryFigure } from './figures/memory.mjs';
import { startFigure } from './figures/start.mjs';
import { streamFigure } from './figures/stream.mjs';
import { uploadFigure } from './figures/upload.mjs';
import { judge } from './goals.mjs';
import { growth } from './growth.mjs';
import { describeMachine, leaveProxyCore } from './machine.mjs';
import { readOptions, USAGE } from './options.mjs';
import { profile } from './profile.mjs';
import { goalLines, machineLines, table } from './table.mjs';

const FIGURES = {
  json: jsonFigure,
  latency: latencyFigure,
  stream: streamFigure,
  memory: memoryFigure,
  upload: uploadFigure,
  start: startFigure,
};
/** With a larger share of disturbed rounds the ratios are not reliable. */
const MAX_DISTURBED = 0.3;

async function figures(bench) {
  const rows = [];
  for (const name of bench.options.figures) {
    bench.say(`measuring: ${name}`);
    rows.push(...(await FIGURES[name](bench)));
  }
  return { rows, goals: judge(rows) };
}

const work = ({ options }) => {
  if (options.growth) return growth;
  return options.profile ? profile : figures;
};

function print(bench, machine, { rows = [], goals = [], growth: growths = [], database, text = '' }) {
  const { bad, options, rounds } = bench;
  const disturbed = rounds.disturbed / Math.max(1, rounds.all);
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ machine, rows, goals, growth: growths, database, bad, loudRounds: disturbed }, undefined, 2)}\n`,
    );
    return;
  }
  const parts = [machineLines(machine), rows.length > 0 ? table(rows) : '', text, goalLines(goals)];
  process.stdout.write(`\n${parts.filter((part) => part !== '').join('\n\n')}\n`);
  if (disturbed > MAX_DISTURBED)
    bench.say(
      `\nother processes used the measured core in ${Math.round(disturbed * 100)} % of the rounds: repeat the run on an idle machine`,
    );
}

async function measure(options) {
  leaveProxyCore();
  const machine = describeMachine();
  const bench = new Bench(options);
  try {
    print(bench, machine, await work(bench)(bench));
  } finally {
    await bench.close();
  }
  const wrong = Object.entries(bench.bad).map(
    ([target, count]) => `${target}: ${count} responses were wrong or missing`,
  );
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(USAGE);
  else await measure(options);
}

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  },
);
