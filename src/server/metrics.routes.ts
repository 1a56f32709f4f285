import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FailureThrottle } from '../auth/failure.throttle.js';
import { errors } from '../common/errors/errors.js';
import { SecretMatcher } from '../common/values/constant.time.js';
import type { AppConfig } from '../config/app.config.js';
import { bearer } from '../http/bearer.js';
import { exposition, MEDIA_TYPES } from '../metrics/exposition.js';
import { type Format, formatFor } from '../metrics/exposition.choice.js';
import { Metrics } from '../metrics/metrics.js';
import { jsonMetrics } from '../metrics/metrics.json.js';

/** The paths of the metrics; none when they are switched off. Scrapers read the second one from the Go system. */
export const metricsPaths = ({ metrics }: Pick<AppConfig, 'metrics'>): string[] =>
  metrics ? [metrics.path, `${metrics.path}/prometheus`] : [];

type Check = (request: FastifyRequest) => Promise<void>;

/** Public without a token, as the health checks are. */
function checkOf(app: NestFastifyApplication, token: string | undefined): Check {
  if (token === undefined) return async () => undefined;
  const secret = new SecretMatcher(token);
  const throttle = app.get(FailureThrottle, { strict: false });
  return async ({ headers, ip }) => {
    const credential = bearer(headers.authorization);
    if (credential && secret.matches(credential)) return;
    if (credential !== undefined) await throttle.failed(ip);
    throw errors.unauthorized('A valid metrics token is required.');
  };
}

/** Metrics as text at both paths, and as JSON at the first for clients that prefer it. */
export function serveMetrics(app: NestFastifyApplication, config: AppConfig): void {
  if (!config.metrics) return;
  const metrics = app.get(Metrics, { strict: false });
  const check = checkOf(app, config.metrics.token);
  const send = async (reply: FastifyReply, format: Format): Promise<void> => {
    const families = await metrics.all();
    void reply.header('vary', 'accept');
    if (format === 'json') void reply.send(jsonMetrics(families));
    else void reply.type(MEDIA_TYPES[format]).send(exposition(families, format));
  };
  const [path, alias] = metricsPaths(config) as [string, string];
  const http = app.getHttpAdapter();
  http.get(path, async (request: FastifyRequest, reply: FastifyReply) => {
    await check(request);
    await send(reply, formatFor(request.headers.accept));
  });
  http.get(alias, async (request: FastifyRequest, reply: FastifyReply) => {
    await check(request);
    const format = formatFor(request.headers.accept);
    await send(reply, format === 'json' ? 'prometheus' : format);
  });
}
