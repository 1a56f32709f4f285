import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { VERSION } from '../common/values/package.js';
import { HealthService } from '../health/health.service.js';

/** At /admin/health: the public report of /health as `backend`, with status 200 whatever it says. Monitors of the Go system read it. */
export function serveAdminHealth(app: NestFastifyApplication): void {
  const health = app.get(HealthService, { strict: false });
  app.getHttpAdapter().get('/admin/health', async () => {
    const backend = await health.report(false);
    const { timestamp } = backend;
    return { admin: { status: 'ok', timestamp, service: 'admin-ui', version: VERSION }, backend };
  });
}
