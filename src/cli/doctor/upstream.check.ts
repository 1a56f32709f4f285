import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Provider } from '../../config/provider/provider.js';
import { causeOf } from '../terminal/unreachable.error.js';
import { fail, type Finding, ok, warn } from './finding.js';

const LIMIT_MS = 10_000;
/** `Date` has whole seconds, and the response takes a while. */
const TOLERANCE_MS = 5000;
const MAX_SKEW_MS = 60_000;

/** The response of an upstream: whether it came, and its clock. */
interface Probe {
  finding: Finding;
  /** How far this clock is ahead; undefined when the upstream did not say. */
  aheadMs: number | undefined;
}

/** Every upstream, and this clock compared with theirs. No credential is sent: any response will do. */
export async function checkUpstreams(providers: readonly Provider[]): Promise<Finding[]> {
  const probes = await Promise.all(providers.map(probe));
  const aheadMs = probes.find((each) => each.aheadMs !== undefined)?.aheadMs;
  return [...probes.map(({ finding }) => finding), clockFinding(aheadMs)];
}

async function probe({ name, origin, prefix }: Provider): Promise<Probe> {
  const check = `upstream ${name}`;
  const sentMs = Date.now();
  try {
    const { statusCode, headers } = await head(`${origin}${prefix}/v1/models`);
    const theirs = Date.parse(headers.date ?? '');
    const aheadMs = Number.isNaN(theirs) ? undefined : (sentMs + Date.now()) / 2 - theirs;
    return { finding: ok(check, `${origin} responds (${statusCode})`), aheadMs };
  } catch (error) {
    const [words, advice] = causeOf(error, LIMIT_MS);
    const what = `${origin} cannot be reached: ${words}`;
    return { finding: fail(check, what, advice ?? 'check the address, DNS and the firewall'), aheadMs: undefined };
  }
}

/** Not `fetch`, which refuses a list of ports that an upstream may have. Rejects as `fetch` does. */
async function head(url: string): Promise<IncomingMessage> {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'HEAD', agent: false, signal: AbortSignal.timeout(LIMIT_MS) }, (response) => {
      response.resume();
      resolve(response);
    });
    call.on('error', (error) => reject(error.name === 'AbortError' ? error.cause : new Error(url, { cause: error })));
    call.end();
  });
}

function clockFinding(aheadMs: number | undefined): Finding {
  if (aheadMs === undefined)
    return warn('clock', 'not compared: no upstream has sent its time', 'compare it by hand with `date -u`');
  const size = Math.abs(aheadMs);
  if (size <= TOLERANCE_MS) return ok('clock', 'agrees with the upstream');
  const detail = `${Math.round(size / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the upstream`;
  const advice = 'synchronise it, for example with chrony: tokens expire by this clock';
  return size > MAX_SKEW_MS ? fail('clock', detail, advice) : warn('clock', detail, advice);
}
