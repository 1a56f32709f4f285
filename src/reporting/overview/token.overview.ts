import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/values/actor.js';
import { TokenSums } from '../../token/status/token.sums.js';
import { TokenViews } from '../../token/status/token.views.js';
import type { OverviewView } from './overview.dto.js';

const SOONEST = 5;

/** How many tokens there are, and which of them end next. */
@Injectable()
export class TokenOverview {
  constructor(
    private readonly sums: TokenSums,
    private readonly views: TokenViews,
  ) {}

  /** At an instant in milliseconds. */
  async of({ projects }: Actor, nowMs: number): Promise<Pick<OverviewView, 'tokens' | 'withering'>> {
    const tokens = await this.sums.counts(projects, nowMs);
    const soonest = tokens.withering > 0 ? await this.sums.soonest(projects, nowMs, SOONEST) : [];
    return { tokens, withering: await this.views.all(soonest, nowMs) };
  }
}
