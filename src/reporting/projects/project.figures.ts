import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/values/clock.js';
import { EventReader, type UsageFilter, type UsageRow } from '../../events/event/event.queries.js';
import { NO_TOKENS, type TokenCounts, TokenSums } from '../../token/status/token.sums.js';
import { ifReadable } from '../names/readable.events.js';
import { HOUR_MS, HOURS, startOfDay } from '../overview/last.day.js';
import { Sums } from '../usage/usage.sums.js';
import type { ProjectFiguresView } from './project.list.dto.js';

const DAY_MS = HOURS * HOUR_MS;
const DAYS = 30;

/** Requests by hour of one project. */
type Hours = number[];
type Requests = Omit<ProjectFiguresView, 'tokens'>;

const UNKNOWN: Requests = {
  requests_24h: null,
  requests_24h_by_hour: null,
  cost_30d_micro_usd: null,
  unpriced_30d: null,
};

/** What each of some projects has and used: one query of tokens and two of sums, however many they are. */
@Injectable()
export class ProjectFigures {
  constructor(
    private readonly tokens: TokenSums,
    private readonly events: EventReader,
    private readonly clock: Clock,
  ) {}

  /** By the id of the project; each has figures. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, ProjectFiguresView>> {
    const nowMs = this.clock.now();
    const [tokens, requests] = await Promise.all([
      this.tokens.countsByProject(new Set(ids), nowMs),
      ifReadable(async () => this.requestsOf(ids, nowMs)),
    ]);
    return new Map(ids.map((id) => [id, viewOf(tokens.get(id), requests ? requests(id) : UNKNOWN)]));
  }

  private async requestsOf(projectIds: readonly string[], nowMs: number): Promise<(id: string) => Requests> {
    const from = startOfDay(nowMs);
    const end = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
    const hours = hoursOf(
      await this.sums({
        from,
        to: from + DAY_MS,
        projectIds,
        groupBy: ['quarter', 'projectId'],
        step: { at: from, ms: HOUR_MS },
        only: ['requests'],
      }),
      from,
    );
    const month = sumsOf(
      await this.sums({
        from: end - DAYS * DAY_MS,
        to: end,
        projectIds,
        groupBy: ['projectId'],
        only: ['unpriced', 'cost'],
      }),
    );
    return (id) => {
      const byHour = hours.get(id) ?? noHours();
      const sums = month.get(id) ?? new Sums();
      return {
        requests_24h: byHour.reduce((sum, count) => sum + count, 0),
        requests_24h_by_hour: byHour,
        cost_30d_micro_usd: sums.cost.rounded,
        unpriced_30d: sums.unpriced,
      };
    };
  }

  private async sums(filter: UsageFilter): Promise<readonly UsageRow[]> {
    return filter.projectIds?.length === 0 ? [] : this.events.usage(filter);
  }
}

const noHours = (): Hours => Array.from<number>({ length: HOURS }).fill(0);

const viewOf = (tokens: TokenCounts = NO_TOKENS, requests: Requests): ProjectFiguresView => ({ tokens, ...requests });

function hoursOf(rows: readonly UsageRow[], from: number): Map<string, Hours> {
  const found = new Map<string, Hours>();
  for (const { projectId, quarter, requests } of rows) {
    const hours = found.get(projectId) ?? noHours();
    found.set(projectId, hours);
    hours[Math.floor((quarter - from) / HOUR_MS)]! += requests;
  }
  return found;
}

function sumsOf(rows: readonly UsageRow[]): Map<string, Sums> {
  const found = new Map<string, Sums>();
  for (const row of rows) {
    const sums = found.get(row.projectId) ?? new Sums();
    found.set(row.projectId, sums);
    sums.addRow(row);
  }
  return found;
}
