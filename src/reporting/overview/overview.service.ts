import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { KeptAnswers } from '../../common/rest/kept.answers.js';
import type { Actor } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { EventReader } from '../../events/event/event.queries.js';
import { ProjectEntity } from '../../project/project.entity.js';
import { scopeOf } from '../names/project.scope.js';
import { type LastDay, lastDayOf, rangeOfDays } from './last.day.js';
import type { OverviewView, ProjectCountsOfAll } from './overview.dto.js';
import { dayView } from './overview.view.js';
import { ifReadable } from '../names/readable.events.js';
import { RunningCount } from './running.count.js';
import { ServerOverhead } from './server.overhead.js';
import { TokenOverview } from './token.overview.js';

const KEPT_MS = 5000;
/** Of an answer without figures. */
const UNKNOWN_KEPT_MS = 500;
/** Counts of so many tokens read the whole table, and change little. */
const LARGE_TOKENS = 10_000;
const LARGE_KEPT_MS = 30_000;

/** All but what runs now, which is counted for each call. */
type KeptView = Omit<OverviewView, 'running'>;

function keepMs({ tokens, requests_24h }: KeptView): number {
  if (tokens.total > LARGE_TOKENS) return LARGE_KEPT_MS;
  return requests_24h === null ? UNKNOWN_KEPT_MS : KEPT_MS;
}

/** What there is and what happened in the last 24 hours. */
@Injectable()
export class OverviewService {
  private readonly kept: KeptAnswers<KeptView>;

  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly tokens: TokenOverview,
    private readonly events: EventReader,
    private readonly overhead: ServerOverhead,
    private readonly running: RunningCount,
    private readonly clock: Clock,
  ) {
    this.kept = new KeptAnswers(clock, keepMs);
  }

  /** Of the projects that exist for the actor. May be some seconds old. Throws `store_unavailable`. */
  async of(actor: Actor): Promise<OverviewView> {
    const { projects } = actor;
    const key = projects ? [...projects].toSorted().join() : 'all';
    const [kept, running] = await Promise.all([
      this.kept.of(key, async () => this.made(actor)),
      this.running.of(actor),
    ]);
    return { ...kept, running };
  }

  private async made(actor: Actor): Promise<KeptView> {
    const nowMs = this.clock.now();
    const [projects, tokens, day, overhead] = await Promise.all([
      this.projectCounts(actor),
      this.tokens.of(actor, nowMs),
      this.lastDay(actor, nowMs),
      this.overhead.measured(),
    ]);
    return {
      at: new Date(nowMs).toISOString(),
      projects,
      ...tokens,
      ...dayView(day),
      ...(overhead && {
        overhead_p50_ms: overhead.p50Ms,
        overhead_p99_ms: overhead.p99Ms,
        overhead_since: new Date(overhead.sinceMs).toISOString(),
      }),
    };
  }

  private async projectCounts({ projects }: Actor): Promise<ProjectCountsOfAll> {
    const row = await this.projects
      .createQueryBuilder('project')
      .select('count(*)', 'total')
      .addSelect('sum(CASE WHEN project.is_active = TRUE THEN 1 ELSE 0 END)', 'active')
      .where({ deletedAt: IsNull(), ...(projects ? { id: In([...projects]) } : {}) })
      .getRawOne<{ total: number | string; active: number | string | null }>();
    return { active: Number(row?.active ?? 0), total: Number(row?.total ?? 0) };
  }

  private async lastDay(actor: Actor, nowMs: number): Promise<LastDay | undefined> {
    const filter = { ...rangeOfDays(nowMs), ...scopeOf(actor, undefined) };
    return ifReadable(async () => lastDayOf(await this.events.usage(filter), nowMs));
  }
}
