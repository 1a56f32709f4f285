import { Column, Entity, PrimaryColumn } from 'typeorm';
import { COUNT, ID, INSTANT } from '../../../database/columns.js';

const KEY = { primaryKeyConstraintName: 'pk_usage_quarters' } as const;
const SUM = { ...COUNT, default: 0 } as const;

/**
 * Sums of one quarter hour: what was used, by token, model, route and tier. A time zone's day is a sum of quarter hours. On
 * SQLite the rows are in the tree of the key, which nearly halves what reading costs.
 */
@Entity('usage_quarters', { withoutRowid: true })
export class UsageQuarterEntity {
  /** Its start. */
  @PrimaryColumn({ ...INSTANT, ...KEY })
  quarter!: number;

  /** Empty for a request without a project, as the next. */
  @PrimaryColumn({ ...ID, ...KEY })
  projectId!: string;

  @PrimaryColumn({ ...ID, ...KEY })
  tokenId!: string;

  /** A name of the price list, or `other`. */
  @PrimaryColumn({ type: 'varchar', length: 120, ...KEY })
  model!: string;

  @PrimaryColumn({ type: 'varchar', length: 32, ...KEY })
  route!: string;

  @PrimaryColumn({ type: 'varchar', length: 32, ...KEY })
  tier!: string;

  @Column(SUM)
  requests!: number;

  @Column(SUM)
  errors!: number;

  // SQLite walks over all columns before the one it reads: those of most pages are the first.
  @Column(SUM)
  unpriced!: number;

  @Column(SUM)
  costNano!: number;

  /** Of the errors, those with this end, as the next nine. Rows of an older program have none. */
  @Column(SUM)
  endedClient!: number;

  @Column(SUM)
  endedUpstream!: number;

  @Column(SUM)
  endedUpstreamTimeout!: number;

  @Column(SUM)
  endedProxy!: number;

  @Column(SUM)
  endedStore!: number;

  @Column(SUM)
  endedLimit!: number;

  @Column(SUM)
  endedAuth!: number;

  @Column(SUM)
  endedDrain!: number;

  @Column(SUM)
  endedRevoked!: number;

  @Column(SUM)
  endedCrash!: number;

  /** Requests whose usage is not known. */
  @Column(SUM)
  unknown!: number;

  /** Requests whose figures are estimated. Their figures are in the last three columns alone. */
  @Column(SUM)
  estimated!: number;

  @Column(SUM)
  inputTokens!: number;

  @Column(SUM)
  cachedTokens!: number;

  @Column(SUM)
  cacheWriteTokens!: number;

  @Column({ ...SUM, name: 'cache_write_12h_tokens' })
  cacheWrite12hTokens!: number;

  @Column(SUM)
  outputTokens!: number;

  @Column(SUM)
  reasoningTokens!: number;

  @Column(SUM)
  acceptedPredictionTokens!: number;

  @Column(SUM)
  rejectedPredictionTokens!: number;

  @Column(SUM)
  audioInputTokens!: number;

  @Column(SUM)
  imageInputTokens!: number;

  @Column(SUM)
  audioOutputTokens!: number;

  @Column(SUM)
  imageOutputTokens!: number;

  @Column(SUM)
  cachedAudioTokens!: number;

  @Column(SUM)
  cachedImageTokens!: number;

  @Column(SUM)
  totalTokens!: number;

  @Column(SUM)
  durationMs!: number;

  @Column(SUM)
  trainedTokens!: number;

  @Column(SUM)
  estimatedCostNano!: number;

  @Column(SUM)
  estimatedInput!: number;

  @Column(SUM)
  estimatedOutput!: number;
}
