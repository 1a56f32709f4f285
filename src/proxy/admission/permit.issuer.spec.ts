import { describe, expect, it } from 'vitest';
import type { AppConfig } from '../../config/app.config.js';
import type { Exchange } from '../../http/exchange.js';
import type { Limits } from '../../limits/limits.js';
import type { InFlightRegistry } from '../../token/in.flight.registry.js';
import type { RequestCounter } from '../../token/ledger/request.counter.js';
import type { UsableToken } from '../../token/token.authenticator.js';
import type { TokenLedger } from '../../token/ledger/token.ledger.js';
import { Permit } from './permit.js';
import { PermitIssuer } from './permit.issuer.js';
import type { ProjectCharge } from './project.charge.js';

const exchange = { databaseWaitedMs: 7 } as Exchange;
const token = (fields: { capped?: boolean; ofProject?: boolean; accountId?: string }): UsableToken =>
  ({
    id: 'a',
    capped: fields.capped ?? false,
    accountId: fields.accountId,
    upstream: { capped: fields.ofProject ?? false },
  }) as UsableToken;

/** An issuer, and what it asked of its parts. */
function issuer({ isLimited = false, fault }: { isLimited?: boolean; fault?: Error } = {}) {
  const asked: string[] = [];
  const account = { giveBack: () => void asked.push('give back') };
  const charged = async <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    await Promise.resolve();
    if (fault) throw fault;
    return value;
  };
  const grant = { giveBack: () => void asked.push('uncount'), release: () => undefined };
  const limits = {
    appliesTo: () => isLimited,
    needsAddress: false,
    take: (id: string) => {
      asked.push(`limits of ${id}`);
      return grant;
    },
  };
  const subject = new PermitIssuer(
    { trustedProxies: undefined } as AppConfig,
    limits as unknown as Limits,
    { take: async (_: unknown, waitedMs: number) => charged(`token ${waitedMs}`, 4) } as unknown as TokenLedger,
    { count: () => void asked.push('count') } as unknown as RequestCounter,
    { endOf: () => Infinity } as unknown as InFlightRegistry,
    {
      charge: async (_: unknown, waitedMs: number) => charged(`project ${waitedMs}`, { account, remaining: 3 }),
    } as unknown as ProjectCharge,
  );
  return { subject, asked };
}

describe(PermitIssuer.name, () => {
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

  it('charges the project where it has a cap, and gives back to what was charged', async () => {
    const { subject, asked } = issuer({ isLimited: true });
    const permit = await subject.issue(exchange, token({ capped: true, ofProject: true }), 0);
    permit.giveBack();
    expect([permit.remaining, asked]).toEqual([3, ['limits of a', 'project 7', 'give back']]);
  });

  it.each([
    [{ capped: true }, 'token 7'],
    [{ ofProject: true }, 'project 7'],
  ])('what a cap refuses, no limit has counted: %o', async (fields, charged) => {
    const fault = new Error('refused');
    const { subject, asked } = issuer({ isLimited: true, fault });
    await expect(subject.issue(exchange, token(fields), 0)).rejects.toBe(fault);
    expect(asked).toEqual(['limits of a', charged, 'uncount']);
  });

  it('counts a replaced token by the limits of the one that counts its requests', () => {
    const { subject, asked } = issuer({ isLimited: true });
    void subject.issue(exchange, token({ accountId: 'b' }), 0);
    expect(asked).toEqual(['limits of b', 'count']);
  });
});
