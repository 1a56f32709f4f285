import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { ANSWER, jsonRequest } from './exchange.mjs';
import { grid } from './table.mjs';
import { OurServer } from './targets/ours.mjs';

const WARM_MS = 3000;
const LOAD_MS = 5000;
const EVERY_MICROS = 200;
const TOP = 10;

/** A CPU profile of our server under the load of the JSON figure, without its start; prints where the time goes. */
export async function profile(bench) {
  const upstream = await bench.jsonUpstream();
  const server = new OurServer({ folder: bench.folder(), upstreamPort: upstream.port });
  try {
    // In the environment, not on the command line: the launcher may start another Node.
    await server.start({ NODE_OPTIONS: '--inspect=127.0.0.1:0' });
    const target = {
      name: 'sqlite',
      port: server.port,
      authorization: await server.token(await server.project('bench')),
    };
    const inspector = await Inspector.open(join(server.folder, 'stderr'));
    await drive(bench, target, WARM_MS);
    await inspector.ask('Profiler.enable');
    await inspector.ask('Profiler.setSamplingInterval', { interval: EVERY_MICROS });
    await inspector.ask('Profiler.start');
    await drive(bench, target, LOAD_MS);
    const { profile: recorded } = await inspector.ask('Profiler.stop');
    writeFileSync(bench.options.profileFile, JSON.stringify(recorded));
    return { text: `${topTen(recorded)}\n\nwritten: ${bench.options.profileFile}` };
  } finally {
    await server.stop();
    await upstream.stop();
  }
}

const drive = (bench, target, ms) =>
  bench.load(target, 'closedLoop', {
    requests: [jsonRequest(target.authorization)],
    body: ANSWER,
    connections: 32,
    ms,
  });

/** A client of Node's inspector: one question at a time. */
class Inspector {
  /** Finds its address where Node prints it; the last one, for a launcher comes before what it launches. */
  static async open(stderr) {
    const address = readFileSync(stderr, 'utf8')
      .match(/ws:\/\/\S+/g)
      ?.at(-1);
    if (address === undefined) throw new Error('the inspector of our server does not listen');
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new Inspector(socket);
  }

  constructor(socket) {
    this.socket = socket;
  }

  async ask(method, params = {}) {
    this.socket.send(JSON.stringify({ id: 1, method, params }));
    const [{ data }] = await once(this.socket, 'message');
    const { result, error } = JSON.parse(data);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}

/** The functions with the most time of their own, as shares of the time on the CPU. */
function topTen({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const own = new Map();
  for (const [i, id] of samples.entries()) {
    const place = placeOf(byId.get(id));
    own.set(place, (own.get(place) ?? 0) + timeDeltas[i]);
  }
  own.delete('(idle)');
  const total = [...own.values()].reduce((sum, micros) => sum + micros, 0);
  const top = [...own].toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  const share = (micros) => `${((100 * micros) / total).toFixed(1)} %`;
  return grid([['self time', 'share'], ...top.map(([place, micros]) => [place, share(micros)])]);
}

function placeOf({ functionName, url, lineNumber }) {
  const name = functionName || '(anonymous)';
  return url === '' ? name : `${name} ${url.replace(/^file:\/\/.*\/(?=node_modules\/|dist\/)/, '')}:${lineNumber + 1}`;
}
