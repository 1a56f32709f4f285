import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppConfig } from '../../config/app.config.js';
import type { Exchange } from '../../http/exchange.js';
import type { Limits } from '../../limits/limits.js';
import { ProjectChanged, type ProjectLedger } from '../../project/ledger/project.ledger.js';
import type { InFlightRegistry } from '../../token/in.flight.registry.js';
import type { RequestCounter } from '../../token/ledger/request.counter.js';
import type { TokenInvalidation } from '../../token/token.invalidation.js';
import { TokenChanged, type UsableToken } from '../../token/token.authenticator.js';
import type { TokenLedger } from '../../token/ledger/token.ledger.js';
import { CapCharge } from './cap.charge.js';
import { Permit } from './permit.js';
import { PermitIssuer } from './permit.issuer.js';

const exchange = { databaseWaitedMs: 7 } as Exchange;
const token = (fields: { capped?: boolean; ofProject?: boolean; accountId?: string }): UsableToken =>
  ({
    id: 'a',
    capped: fields.capped ?? false,
    accountId: fields.accountId,
    upstream: { capped: fields.ofProject ?? false },
  }) as UsableToken;

/** An issuer, and what it asked of its parts. `fault` is what a token's cap throws, `refusal` what a project's does. */
function issuer({ isLimited = false, fault, refusal }: { isLimited?: boolean; fault?: Error; refusal?: Error } = {}) {
  const asked: string[] = [];
  const answer = async <T>(what: string, value: T, error?: Error): Promise<T> => {
    asked.push(what);
    await Promise.resolve();
    if (error) throw error;
    return value;
  };
  const grant = { giveBack: () => void asked.push('forget limits'), release: () => undefined };
  const limits = {
    appliesTo: () => isLimited,
    needsAddress: false,
    take: (id: string) => {
      asked.push(`limits of ${id}`);
      return grant;
    },
  };
  const ledger = {
    take: async (_: unknown, waitedMs: number) => answer(`token ${waitedMs}`, 4, fault),
    giveBack: async () => answer('give back to token', undefined),
  } as unknown as TokenLedger;
  const counter = {
    count: () => void asked.push('count'),
    giveBack: () => void asked.push('uncount'),
  } as unknown as RequestCounter;
  const projects = {
    take: async (_: unknown, waitedMs: number) => answer(`project after ${Math.floor(waitedMs)}`, {}, refusal),
    giveBack: async () => answer('give back to project', undefined),
  } as unknown as ProjectLedger;
  const invalidation = { invalidateProject: () => void asked.push('invalidate') } as unknown as TokenInvalidation;
  const subject = new PermitIssuer(
    { trustedProxies: undefined } as AppConfig,
    limits as unknown as Limits,
    counter,
    { endOf: () => Infinity } as unknown as InFlightRegistry,
    new CapCharge(projects, ledger, counter, invalidation),
  );
  return { subject, asked };
}

describe(PermitIssuer.name, () => {
  afterEach(() => vi.restoreAllMocks());

  it('counts in memory and makes no promise where neither the token nor its project has a cap', () => {
    const { subject, asked } = issuer();
    expect(subject.issue(exchange, token({}), 0)).toBeInstanceOf(Permit);
    expect(asked).toEqual(['count']);
  });

  it('asks the ledger of tokens alone for a capped token of a project without a cap', async () => {
    const { subject, asked } = issuer();
    const permit = await subject.issue(exchange, token({ capped: true }), 0);
    expect([permit.remaining, asked]).toEqual([4, ['token 7']]);
  });

  it('charges the token, then the project, and gives back to both', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    const { subject, asked } = issuer({ isLimited: true });
    const permit = await subject.issue(exchange, token({ capped: true, ofProject: true }), 0);
    expect([permit.remaining, asked]).toEqual([4, ['limits of a', 'token 7', 'project after 7']]);
    permit.giveBack();
    expect(asked.slice(3)).toEqual(['give back to project', 'give back to token']);
  });

  it('counts an uncapped token in memory once its project has granted the request', async () => {
    const { subject, asked } = issuer();
    const permit = await subject.issue(exchange, token({ ofProject: true }), 0);
    permit.giveBack();
    expect([permit.remaining, asked]).toEqual([
      undefined,
      ['project after 7', 'count', 'give back to project', 'uncount'],
    ]);
  });

  it('what the cap of a token refuses, no limit has counted', async () => {
    const fault = new Error('refused');
    const { subject, asked } = issuer({ isLimited: true, fault });
    await expect(subject.issue(exchange, token({ capped: true }), 0)).rejects.toBe(fault);
    expect(asked).toEqual(['limits of a', 'token 7', 'forget limits']);
  });

  it.each([
    [true, ['token 7', 'project after 7'], ['give back to token']],
    [false, ['project after 7'], []],
  ])(
    'what the cap of a project refuses, neither token (capped: %s) nor limit has counted',
    async (capped, taken, given) => {
      vi.spyOn(performance, 'now').mockReturnValue(0);
      const refusal = new Error('refused');
      const { subject, asked } = issuer({ isLimited: true, refusal });
      await expect(subject.issue(exchange, token({ capped, ofProject: true }), 0)).rejects.toBe(refusal);
      expect(asked).toEqual(['limits of a', ...taken, ...given, 'forget limits']);
    },
  );

  it('judges a request again, without its take, when its project has changed', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    const { subject, asked } = issuer({ refusal: new ProjectChanged() });
    const issued = subject.issue(exchange, token({ capped: true, ofProject: true }), 0);
    await expect(issued).rejects.toBeInstanceOf(TokenChanged);
    expect(asked).toEqual(['token 7', 'project after 7', 'invalidate', 'give back to token']);
  });

  it('counts a replaced token by the limits of the one that counts its requests', () => {
    const { subject, asked } = issuer({ isLimited: true });
    void subject.issue(exchange, token({ accountId: 'b' }), 0);
    expect(asked).toEqual(['limits of b', 'count']);
  });
});
