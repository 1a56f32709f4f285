import type { Sample } from '../../metrics/sample.js';
import type { Figures, UsageReason, UsageSource } from '../../openai/usage/usage.record.js';
import type { Fold } from '../store/event.draft.js';

const KINDS = ['input', 'cached', 'cache_write', 'output', 'reasoning'] as const;
const NANO = 1e9;

type Sum = Sample & { value: number };
type TokenSums = Partial<Record<(typeof KINDS)[number], Sum>>;

/** Sums for the metrics of usage and cost. Labels are names of the price list and enums, so there are few. */
export class DomainFigures {
  private readonly sums: Sum[] = [];
  // Found by names that there are already: a key of text for each sum cost more than all else that is done here.
  private readonly tokens = {
    provider: new Map<string, TokenSums>(),
    estimated: new Map<string, TokenSums>(),
  };
  private readonly costs = new Map<string, Sum>();
  private readonly unknown = new Map<string, Sum>();
  private appended = 0;

  fold(fold: Fold, reason: UsageReason | undefined): void {
    const { model, usage, figures, costNanoUsd } = fold;
    if (usage !== 'none') this.addTokens(usage, model, figures);
    if (costNanoUsd > 0)
      madeOnce(this.costs, model, () => this.sum('llm_proxy_cost_usd_total', { model })).value += costNanoUsd / NANO;
    if (fold.isUnknown && fold.requests === 1) this.addUnknown(fold.route, reason ?? 'no_usage');
  }

  wasAppended(events: number): void {
    this.appended += events;
  }

  samples(): Sample[] {
    return [...this.sums, { name: 'llm_proxy_events_total', labels: { sink: 'store' }, value: this.appended }];
  }

  private addTokens(source: Exclude<UsageSource, 'none'>, model: string, figures: Figures): void {
    const sums = madeOnce(this.tokens[source], model, (): TokenSums => ({}));
    for (const kind of KINDS) {
      const value = figures[kind];
      if (value) (sums[kind] ??= this.sum('llm_proxy_tokens_total', { model, kind, source })).value += value;
    }
  }

  private addUnknown(route: string, reason: UsageReason): void {
    const make = (): Sum => this.sum('llm_proxy_usage_unknown_total', { route, reason });
    madeOnce(this.unknown, `${route} ${reason}`, make).value += 1;
  }

  private sum(name: string, labels: Record<string, string>): Sum {
    const sum = { name, labels, value: 0 };
    this.sums.push(sum);
    return sum;
  }
}

function madeOnce<T>(map: Map<string, T>, key: string, make: () => T): T {
  let made = map.get(key);
  if (made === undefined) map.set(key, (made = make()));
  return made;
}
