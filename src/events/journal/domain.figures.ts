import type { Sample } from '../../metrics/sample.js';
import type { UsageReason } from '../../openai/usage/usage.record.js';
import type { Fold } from '../store/event.draft.js';

const KINDS = ['input', 'cached', 'cache_write', 'output', 'reasoning'] as const;
const NANO = 1e9;

/** Sums for the metrics of usage and cost. Labels are names of the price list and enums, so there are few. */
export class DomainFigures {
  private readonly sums = new Map<string, Sample & { value: number }>();
  private appended = 0;

  fold(fold: Fold, reason: UsageReason | undefined): void {
    const { model, usage, figures, costNanoUsd } = fold;
    if (usage !== 'none')
      for (const kind of KINDS)
        if (figures[kind]) this.add('llm_proxy_tokens_total', { model, kind, source: usage }, figures[kind]);
    if (costNanoUsd > 0) this.add('llm_proxy_cost_usd_total', { model }, costNanoUsd / NANO);
    if (fold.isUnknown && fold.requests === 1)
      this.add('llm_proxy_usage_unknown_total', { route: fold.route, reason: reason ?? 'no_usage' }, 1);
  }

  wasAppended(events: number): void {
    this.appended += events;
  }

  samples(): Sample[] {
    return [...this.sums.values(), { name: 'llm_proxy_events_total', labels: { sink: 'store' }, value: this.appended }];
  }

  private add(name: string, labels: Record<string, string>, value: number): void {
    const key = `${name} ${Object.values(labels).join(' ')}`;
    const sum = this.sums.get(key);
    if (sum) sum.value += value;
    else this.sums.set(key, { name, labels, value });
  }
}
