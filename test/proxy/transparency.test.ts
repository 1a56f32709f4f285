import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { Coverage } from '../support/transparency.coverage.js';
import { runExchange } from '../support/transparency.exchange.js';
import { plans } from '../support/transparency.generators.js';
import { BIG_BODIES, download, upload } from '../support/transparency.big.js';
import { OPERATIONS } from '../support/transparency.operations.js';

const seed = Number(process.env['TRANSPARENCY_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['TRANSPARENCY_RUNS'] ?? 3000);

/** An exchange without its bodies. */
const brief = (plan: unknown): string =>
  JSON.stringify(plan, (_name, value: unknown) => {
    const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
    return type === 'Buffer' && Array.isArray(data) ? `${data.length} bytes` : value;
  });

describe('transparency', () => {
  const fixture = ProxyFixture.forTests({ UPSTREAM_BREAKER_FAILURES: '0' });
  const coverage = new Coverage();
  let differences = 0;
  afterAll(() => void process.stdout.write(coverage.line(seed, differences)));

  it(`of ${numRuns} generated exchanges (seed ${seed}): nothing differs but what the header table names`, async () => {
    const property = fc.asyncProperty(plans, async (plan) => {
      coverage.add(plan);
      await runExchange(fixture, plan).catch((error: unknown) => {
        differences += 1;
        throw error;
      });
    });
    const { failed, errorInstance, counterexamplePath, counterexample } = await fc.check(property, {
      seed,
      numRuns,
      endOnFailure: true,
    });
    if (failed)
      throw new Error(`seed ${seed}, path ${counterexamplePath}: ${brief(counterexample?.[0])}`, {
        cause: errorInstance,
      });
    expect(numRuns < 3000 || coverage.operations === OPERATIONS.length).toBe(true);
  }, 600_000);

  it.each(BIG_BODIES)(
    'of an upload of $bytes bytes ($framed), by its hash',
    async ({ bytes, framed }) => {
      const { sent, request } = await upload(fixture, bytes, framed);
      coverage.addBytes(bytes, 0);
      expect([request.bodyBytes, request.sha256]).toEqual([bytes, sent]);
    },
    60_000,
  );

  it.each(BIG_BODIES)(
    'of a download of $bytes bytes ($framed), by its hash',
    async ({ bytes, framed }) => {
      const { sent, received, receivedBytes } = await download(fixture, bytes, framed);
      coverage.addBytes(0, bytes);
      expect([receivedBytes, received]).toEqual([bytes, sent]);
    },
    60_000,
  );
});
