import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { BodyTaps } from '../../src/proxy/relay/body.taps.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer } from '../support/upstream.scenarios.js';

interface Seen {
  readonly pieces: Buffer[];
  /** Undefined until the end. */
  isWhole?: boolean;
}

describe('a body tap', () => {
  const fixture = ProxyFixture.forTests();
  const requests: Seen[] = [];
  const responses: Seen[] = [];
  let isTapped = false;

  beforeEach(() => {
    requests.length = 0;
    responses.length = 0;
    if (isTapped) return;
    isTapped = true;
    const taps = fixture.app.running.app.get(BodyTaps, { strict: false });
    const into = (list: Seen[]) => () => {
      const seen: Seen = { pieces: [] };
      list.push(seen);
      return { read: (piece: Buffer) => seen.pieces.push(piece), end: (isWhole: boolean) => (seen.isWhole = isWhole) };
    };
    const failing = () => ({
      read: () => { throw new Error('a reader that fails'); }, // prettier-ignore
      end: () => undefined,
    });
    taps.onRequest(failing);
    taps.onResponse(failing);
    taps.onRequest(into(requests));
    taps.onResponse(into(responses));
  });
  const whole = ({ pieces }: Seen) => Buffer.concat(pieces);

  it.each([0, 1, 60_000, 500_000])('sees %i bytes each way as they passed, and their end', async (size) => {
    const [sent, returned] = [randomBytes(size), randomBytes(size)];
    fixture.upstream.once(answer({ status: 200, headers: [], body: returned }));
    const response = await fixture.call({ body: sent });
    expect(response.body.equals(returned)).toBe(true);
    await until('both ends', () => requests[0]?.isWhole !== undefined && responses[0]?.isWhole !== undefined);
    expect([requests[0]!.isWhole, responses[0]!.isWhole]).toEqual([true, true]);
    expect([whole(requests[0]!).equals(sent), whole(responses[0]!).equals(returned)]).toEqual([true, true]);
  });

  it('sees an event after the client has it, and a stream that breaks off as one that is not whole', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    const request = await paced.opened();
    await paced.send('data: 1\n\n');
    await client.sees('data: 1\n\n');
    await until('the event', () => whole(responses[0]!).toString() === 'data: 1\n\n');
    client.reset();
    await request.closed();
    await until('the end', () => responses[0]!.isWhole !== undefined);
    expect(responses[0]!.isWhole).toBe(false);
  });

  it('is not opened for what is refused', async () => {
    await fixture.call({ headers: [] });
    expect([requests, responses]).toEqual([[], []]);
  });
});
