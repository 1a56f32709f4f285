import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { RESPONSE_BODY, jsonRequest } from './exchange.mjs';
import { grid } from './table.mjs';
import { OurServer } from './targets/ours.mjs';

const WARM_MS = 3000;
const LOAD_MS = 5000;
const EVERY_MICROS = 200;
const TOP = 10;

/** Records a CPU profile of the server under the load of the JSON figure, without its start, and lists the costliest functions. */
export async function profile(bench) {
  const upstream = await bench.jsonUpstream();
  const server = new OurServer({ folder: bench.folder(), upstreamPort: upstream.port });
  try {
    // The environment also reaches a Node process that the launcher starts; the command line does not.
    await server.start({ NODE_OPTIONS: '--inspect=127.0.0.1:0' });
    const target = {
      name: 'sqlite',
      port: server.port,
      authorization: await server.token(await server.project('bench')),
    };
    const inspector = await Inspector.open(join(server.folder, 'stderr'));
    await drive(bench, target, WARM_MS);
    await inspector.send('Profiler.enable');
    await inspector.send('Profiler.setSamplingInterval', { interval: EVERY_MICROS });
    await inspector.send('Profiler.start');
    await drive(bench, target, LOAD_MS);
    const { profile: recorded } = await inspector.send('Profiler.stop');
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
    body: RESPONSE_BODY,
    connections: 32,
    ms,
  });

/** A client of Node's inspector for one command at a time. */
class Inspector {
  /** Connects to the last address that Node printed: a launcher prints one before the server does. */
  static async open(stderr) {
    const address = readFileSync(stderr, 'utf8')
      .match(/ws:\/\/\S+/g)
      ?.at(-1);
    if (address === undefined) throw new Error('the inspector of the server does not listen');
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new Inspector(socket);
  }

  constructor(socket) {
    this.socket = socket;
  }

  async send(method, params = {}) {
    this.socket.send(JSON.stringify({ id: 1, method, params }));
    const [{ data }] = await once(this.socket, 'message');
    const { result, error } = JSON.parse(data);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}

/** The functions with the longest self time, as shares of the CPU time. */
function topTen({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const own = new Map();
  for (const [i, id] of samples.entries()) {
    const location = locationOf(byId.get(id));
    own.set(location, (own.get(location) ?? 0) + timeDeltas[i]);
  }
  own.delete('(idle)');
  const total = [...own.values()].reduce((sum, micros) => sum + micros, 0);
  const top = [...own].toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  const share = (micros) => `${((100 * micros) / total).toFixed(1)} %`;
  return grid([['self time', 'share'], ...top.map(([location, micros]) => [location, share(micros)])]);
}

function locationOf({ functionName, url, lineNumber }) {
  const name = functionName || '(anonymous)';
  return url === '' ? name : `${name} ${url.replace(/^file:\/\/.*\/(?=node_modules\/|dist\/)/, '')}:${lineNumber + 1}`;
}
