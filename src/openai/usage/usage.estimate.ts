import type { UsageReport } from './usage.record.js';

/** Bytes of one token, on the average of English text. */
const BYTES_A_TOKEN = 4;
/** Models that think in tokens which are not streamed. */
const REASONS = /^(?:o\d|gpt-(?:[5-9]|\d{2})(?!.*-chat))|reason|think/i;

/**
 * An estimate of what a stream used whose request did not ask for figures; any other report as it is. `bytesIn` is the
 * length of the request's body. The output of a model that reasons is not estimated: most of it is not streamed.
 */
export function estimate(report: UsageReport, bytesIn: number): UsageReport {
  const { deltas, textBytes = 0, model = '' } = report;
  if (report.source !== 'none' || report.reason !== 'not_asked' || deltas === undefined) return report;
  const input = Math.ceil(bytesIn / BYTES_A_TOKEN);
  const output = Math.max(deltas, Math.ceil(textBytes / BYTES_A_TOKEN));
  return { ...report, source: 'estimated', figures: REASONS.test(model) ? { input } : { input, output } };
}
