import type { PriceCatalogue, Priced } from '../../openai/prices/price.catalogue.js';
import type { RouteName } from '../../openai/route.name.js';
import type {
  Figures,
  ToolFigures,
  UsagePart,
  UsageReason,
  UsageReport,
  UsageSource,
} from '../../openai/usage/usage.record.js';
import type { FailureEnd } from '../event/failure.ends.js';
import { tierName } from '../event/usage.line.js';
import type { Fold } from '../store/event.draft.js';
import { DEFAULT_TIER, isUnknownUsage, OTHER_MODEL, quarterOf } from '../store/event.fold.js';

/** Who made an exchange, and when it began. */
export interface FoldKey {
  readonly at: number;
  readonly projectId: string;
  readonly tokenId: string;
  readonly route: RouteName;
  readonly isError: boolean;
  readonly end: FailureEnd | undefined;
}

/** What an exchange used. */
export interface Consumption {
  readonly source: UsageSource | undefined;
  readonly reason?: UsageReason | undefined;
  /** As reported, or as asked for where the response does not name one. */
  readonly model: string | undefined;
  readonly tier: string | undefined;
  readonly figures: Figures;
  readonly tools?: ToolFigures | undefined;
  readonly parts?: readonly UsagePart[] | undefined;
}

export interface Folded {
  readonly fold: Fold;
  /** The member of the event, with its comma; empty when nothing is known of its use. */
  readonly cost: string;
}

/** Prices what exchanges used, and makes what they add to the sums of the quarter hour in which they began. */
export class EventFolds {
  constructor(private readonly prices: PriceCatalogue | undefined) {}

  fold(key: FoldKey, used: Consumption): Folded {
    const { source: usage = 'none', reason, model, tier, figures } = used;
    const isKnown = usage !== 'none';
    const priced = isKnown ? this.price(used, key.at) : undefined;
    const fold: Fold = {
      quarter: quarterOf(key.at),
      projectId: key.projectId,
      tokenId: key.tokenId,
      model: this.modelOf(model),
      route: key.route,
      tier: tierName(tier) ?? DEFAULT_TIER,
      isError: key.isError,
      end: key.end,
      usage,
      isUnknown: isUnknownUsage(usage, reason),
      isUnpriced: isKnown && priced === undefined,
      requests: 1,
      figures,
      costNanoUsd: priced?.nanoUsd ?? 0,
    };
    return { fold, cost: isKnown ? costMember(priced) : '' };
  }

  foldReport(key: FoldKey, report: UsageReport, askedModel: string | undefined): Folded {
    return this.fold(key, { ...report, model: report.model ?? askedModel, tier: report.tier });
  }

  /** Each part has a price of its own. A sum with a part that has none has none either. */
  private price({ model, tier, figures, tools, parts }: Consumption, at: number): Priced | undefined {
    if (!parts || parts.length === 0) return this.priceOf(model, tier, figures, tools, at);
    let nanoUsd = 0;
    let version = '';
    for (const part of parts) {
      const priced = this.priceOf(part.model ?? model, part.tier ?? tier, part.figures, part.tools, at);
      if (!priced) return undefined;
      nanoUsd += priced.nanoUsd;
      if (priced.version > version) version = priced.version;
    }
    return { nanoUsd, version };
  }

  private priceOf(
    model: string | undefined,
    tier: string | undefined,
    figures: Figures,
    tools: ToolFigures | undefined,
    at: number,
  ): Priced | undefined {
    if (model === undefined) return undefined;
    return this.prices?.cost({ model, tier: tierName(tier) ?? DEFAULT_TIER, figures, ...(tools ? { tools } : {}) }, at);
  }

  /** Sums are kept by names of the price list alone: a name that a client makes up has no row of its own. */
  private modelOf(model: string | undefined): string {
    return (model === undefined ? undefined : this.prices?.nameOf(model)) ?? OTHER_MODEL;
  }
}

const costMember = (priced: Priced | undefined): string =>
  priced
    ? `,"cost":{"nano_usd":${priced.nanoUsd},"price_version":"${priced.version}","source":"catalogue"}`
    : ',"cost":{"source":"none"}';
