import type { PriceCatalogue, Priced } from '../../openai/prices/price.catalogue.js';
import type { RouteName } from '../../openai/route.name.js';
import type { Figures, ToolFigures, UsageReason, UsageReport, UsageSource } from '../../openai/usage/usage.record.js';
import type { Fold } from './journal.store.js';

const QUARTER_MS = 15 * 60_000;
const TIERS: ReadonlySet<string> = new Set(['default', 'flex', 'priority', 'scale', 'batch']);
/** Reasons of an exchange that used nothing of its own, or whose figures come later. Every other one is unknown usage. */
const KNOWN: ReadonlySet<UsageReason | undefined> = new Set<UsageReason>([
  'refused',
  'free',
  'read',
  'later',
  'not_final',
]);

/** Who made an exchange, and when it began. */
export interface FoldKey {
  readonly at: number;
  readonly projectId: string;
  readonly tokenId: string;
  readonly route: RouteName;
  readonly isError: boolean;
}

/** One model's figures of an exchange. */
export interface Consumption {
  readonly source: UsageSource | undefined;
  readonly reason: UsageReason | undefined;
  /** As reported, or as asked for where the response does not name one. */
  readonly model: string | undefined;
  readonly tier: string | undefined;
  readonly figures: Figures;
  readonly tools?: ToolFigures | undefined;
}

export interface Folded {
  readonly folds: readonly Fold[];
  /** The member of the event, with its comma; empty when there is nothing to price. */
  readonly cost: string;
}

/** Prices what exchanges used and folds it into rows of quarter hours. An exchange belongs to the quarter in which it began. */
export class EventFolds {
  constructor(private readonly prices: PriceCatalogue | undefined) {}

  fold(key: FoldKey, used: Consumption): Folded {
    const { priced, isUnpriced } = this.price(used, key.at);
    return { folds: [this.foldOf(key, used, 1, priced, isUnpriced)], cost: costMember(priced, isUnpriced) };
  }

  /** Parts of several models are rows of their own, of which the first counts the request. */
  foldReport(key: FoldKey, report: UsageReport, askedModel: string | undefined): Folded {
    const { source, reason, parts } = report;
    const whole = { source, reason, model: report.model ?? askedModel, tier: report.tier };
    if (!parts || parts.length === 0) return this.fold(key, { ...whole, figures: report.figures, tools: report.tools });
    const each = parts.map((part, index) => {
      const used = { ...whole, model: part.model ?? whole.model, tier: part.tier ?? whole.tier, figures: part.figures };
      const { priced, isUnpriced } = this.price({ ...used, tools: part.tools }, key.at);
      return { fold: this.foldOf(key, used, index === 0 ? 1 : 0, priced, isUnpriced), priced, isUnpriced };
    });
    return { folds: each.map(({ fold }) => fold), cost: costMember(...sumOf(each)) };
  }

  private foldOf(key: FoldKey, used: Consumption, requests: 0 | 1, priced: Priced | undefined, isUnpriced: boolean): Fold {
    const usage = used.source ?? 'none';
    return {
      quarter: key.at - (key.at % QUARTER_MS),
      projectId: key.projectId,
      tokenId: key.tokenId,
      model: this.modelOf(used.model),
      route: key.route,
      tier: tierOf(used.tier),
      isError: key.isError,
      usage,
      isUnknown: usage === 'none' && !KNOWN.has(used.reason),
      isUnpriced,
      requests,
      figures: used.figures,
      costNanoUsd: priced?.nanoUsd ?? 0,
    };
  }

  private price(used: Consumption, at: number): { priced: Priced | undefined; isUnpriced: boolean } {
    const { model, tier, figures, tools } = used;
    if (used.source === undefined || used.source === 'none' || !isBilled(figures, tools))
      return { priced: undefined, isUnpriced: false };
    const priced =
      model === undefined
        ? undefined
        : this.prices?.cost({ model, tier: tier ?? 'default', figures, ...(tools ? { tools } : {}) }, at);
    return { priced, isUnpriced: priced === undefined };
  }

  /** Rows are kept by names of the price list alone: a name that a client makes up has no row of its own. */
  private modelOf(model: string | undefined): string {
    return (model === undefined ? undefined : this.prices?.nameOf(model)) ?? 'other';
  }
}

const tierOf = (tier = 'default'): string => (TIERS.has(tier) ? tier : 'other');

function isBilled(figures: Figures, tools: ToolFigures | undefined): boolean {
  for (const name in figures) if (figures[name as keyof Figures]! > 0) return true;
  return tools !== undefined && Object.values(tools).some((count) => count > 0);
}

/** A sum with a part that has no price has no price either. */
function sumOf(
  each: readonly { priced: Priced | undefined; isUnpriced: boolean }[],
): [priced: Priced | undefined, isUnpriced: boolean] {
  const priced = each.flatMap((part) => part.priced ?? []);
  if (each.some((part) => part.isUnpriced)) return [undefined, true];
  if (priced.length === 0) return [undefined, false];
  const version = priced.map((part) => part.version).reduce((a, b) => (a > b ? a : b));
  return [{ nanoUsd: priced.reduce((sum, part) => sum + part.nanoUsd, 0), version }, false];
}

const costMember = (priced: Priced | undefined, isUnpriced: boolean): string => {
  if (priced) return `,"cost":{"nano_usd":${priced.nanoUsd},"price_version":"${priced.version}","source":"catalogue"}`;
  return isUnpriced ? ',"cost":{"source":"none"}' : '';
};
