import type { HealthView } from '../../health/health.dto.js';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';
import { unreachableError } from '../terminal/unreachable.error.js';
import { type CallSources, parsedJson } from './management.errors.js';

const TIMEOUT_MS = 10_000;

/** The report of a server, also of one that is unavailable (503). With the management token it names the replicas. */
export async function readHealth(base: string, sources: CallSources, token: string | undefined): Promise<HealthView> {
  const { origin } = new URL(base);
  const { status, text } = await exchange(base, sources, token);
  const report = parsedJson(text);
  if (isReport(report)) return report;
  throw new CliError(
    EXIT_CODE.failed,
    'no_health_report',
    `${origin} responded with HTTP status ${status} and without a health report`,
    `The address is from ${sources.address}. Is it that of llm-proxy?`,
  );
}

function isReport(value: unknown): value is HealthView {
  const { status, version, uptime_seconds: uptime, replicas } = (value ?? {}) as Partial<HealthView>;
  return (
    typeof status === 'string' && typeof version === 'string' && Number.isFinite(uptime) && Array.isArray(replicas)
  );
}

async function exchange(
  base: string,
  sources: CallSources,
  token: string | undefined,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(`${base}/health`, {
      headers: { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw unreachableError(new URL(base).origin, sources.address, error, TIMEOUT_MS);
  }
}
