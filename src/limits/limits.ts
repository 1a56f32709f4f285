import { Injectable } from '@nestjs/common';
import { addressKey } from '../common/values/address.key.js';
import { AppConfig } from '../config/app.config.js';
import { Counter, type ConcurrencyLimit, type Window } from './counter.js';
import type { Grant } from './grant.js';

const MINUTE_MS = 60_000;

/** The limits of all tokens of a project together; null = no limit. */
export interface ProjectLimits {
  readonly projectId: string;
  readonly ratePerMinute: number | null;
  readonly maxConcurrent: number | null;
}

/** The limits of a token; null = no limit of its own. */
export interface TokenLimits {
  readonly ratePerMinute: number | null;
  readonly maxConcurrent: number | null;
  /** Undefined when its project has neither. */
  readonly project: ProjectLimits | undefined;
}

/** Chooses the limits in time that a request has to pass. */
@Injectable()
export class Limits {
  private readonly everyToken: AppConfig['limits']['everyToken'];
  private readonly perAddress: number;
  private readonly all: Window | undefined;
  private readonly isForAll: boolean;

  constructor(
    private readonly counter: Counter,
    { limits: { everyToken, addressPerMinute, globalPerMinute } }: AppConfig,
  ) {
    this.everyToken = everyToken;
    this.perAddress = addressPerMinute;
    if (globalPerMinute > 0) this.all = { scope: 'all', id: '', max: globalPerMinute, lengthMs: MINUTE_MS };
    this.isForAll = everyToken !== undefined || addressPerMinute > 0 || globalPerMinute > 0;
  }

  /** False in the common case: the request skips counting. */
  appliesTo(token: TokenLimits | undefined): boolean {
    return this.isForAll || token !== undefined;
  }

  /** True when `take` uses the client's address. */
  get needsAddress(): boolean {
    return this.perAddress > 0;
  }

  /** Counts a request by every limit or by none. Throws the refusal. Returns no promise when it counts in memory. */
  take(tokenId: string, token: TokenLimits | undefined, address: string): Grant | Promise<Grant> {
    return this.counter.take({ windows: this.windows(tokenId, token, address), slots: slotsOf(tokenId, token) });
  }

  private windows(tokenId: string, token: TokenLimits | undefined, address: string): Window[] {
    const windows: Window[] = [];
    const ratePerMinute = token?.ratePerMinute ?? null;
    if (ratePerMinute !== null) windows.push({ scope: 'token', id: tokenId, max: ratePerMinute, lengthMs: MINUTE_MS });
    else if (this.everyToken)
      windows.push({ scope: 'token', id: tokenId, max: this.everyToken.max, lengthMs: this.everyToken.windowMs });
    windows.push(...windowsOf(token?.project));
    if (this.perAddress > 0)
      windows.push({ scope: 'address', id: addressKey(address), max: this.perAddress, lengthMs: MINUTE_MS });
    if (this.all) windows.push(this.all);
    return windows;
  }
}

function windowsOf(project: ProjectLimits | undefined): Window[] {
  const max = project?.ratePerMinute ?? null;
  return !project || max === null ? [] : [{ scope: 'project', id: project.projectId, max, lengthMs: MINUTE_MS }];
}

/** The token's before the project's: a refusal names the narrower one. */
function slotsOf(tokenId: string, token: TokenLimits | undefined): ConcurrencyLimit[] {
  const slots: ConcurrencyLimit[] = [];
  const { maxConcurrent = null, project } = token ?? {};
  if (maxConcurrent !== null) slots.push({ scope: 'token', id: tokenId, max: maxConcurrent });
  if (project && project.maxConcurrent !== null)
    slots.push({ scope: 'project', id: project.projectId, max: project.maxConcurrent });
  return slots;
}
