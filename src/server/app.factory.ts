import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { DestinationStream, Logger } from 'pino';
import { protectAdmin, serveAdmin } from '../admin/admin.routes.js';
import { serveAdminHealth } from './admin.health.js';
import { auditRefusals } from './audit.hooks.js';
import { ClientConnections } from './client.connections.js';
import { connectionLimit } from './connection.limit.js';
import { HttpServer } from './http.server.js';
import { AppModule } from '../app.module.js';
import { explainUnknownPaths, serveLandingPage } from './landing.page.js';
import { allowMethods, countBytes, guardManagement, limitDepth } from './management.hooks.js';
import { metricsPaths, serveMetrics } from './metrics.routes.js';
import { apiDocument } from './openapi.document.js';
import { serveDocs } from './openapi.page.js';
import { addMethods } from './request.methods.js';
import { ManagementGuard } from '../auth/management.guard.js';
import { AuditTrail } from '../changes/audit.trail.js';
import { MAX_MANAGEMENT_BODY_BYTES } from '../common/values/bytes.js';
import { ErrorFilter } from '../http/error.filter.js';
import { AccessLog } from '../http/access.log.js';
import { ExchangeObservers } from '../http/exchange.observers.js';
import { Lifecycle } from '../http/lifecycle.js';
import { createLogger, NestLog } from '../common/logging/log.js';
import { validationPipe } from '../common/rest/validation.pipe.js';
import type { AppConfig } from '../config/app.config.js';
import { EventJournal } from '../events/journal/event.journal.js';
import { Metrics } from '../metrics/metrics.js';
import { RequestMetrics } from '../metrics/request.metrics.js';
import { RefusedKeyWatch } from '../project/refused.key.watch.js';
import { CapWatch } from '../token/warnings/cap.watch.js';
import { UsageTaps } from '../proxy/usage/usage.taps.js';
import { WebSocketGate } from '../proxy/websocket/websocket.gate.js';

export interface RunningApp {
  app: NestFastifyApplication;
  server: HttpServer;
  lifecycle: Lifecycle;
  observers: ExchangeObservers;
  /** Undefined when they are switched off. */
  metrics: Metrics | undefined;
  logger: Logger;
}

/** DTOs describe requests and responses. Fastify's schema compilers would only delay the start. */
const noSchemas = () => () => {
  throw new Error('a route has a Fastify schema');
};

/** Fastify's view of TRUSTED_PROXIES. A closed connection has no address. */
const trustProxy = ({ trustedProxies }: AppConfig) =>
  trustedProxies ? (address: string | undefined) => trustedProxies.includes(address ?? '') : false;

/** Builds the application without listening, for the server and for every end-to-end test. */
export async function createApp(config: AppConfig, logTo?: DestinationStream): Promise<RunningApp> {
  const logger = createLogger(config.log, logTo);
  const lifecycle = new Lifecycle();
  const observers = new ExchangeObservers([new AccessLog(logger, config.trustedProxies)]);
  const server = new HttpServer(
    logger,
    { lifecycle, observers, healthPaths: new Set(metricsPaths(config)), secrets: config.audit.hidden },
    new ClientConnections(connectionLimit(config.client.maxConnections, config.workers)),
    config,
  );
  const adapter = new FastifyAdapter({
    serverFactory: (handler: RequestListener) => server.create(handler),
    // HttpServer refuses these requests. Fastify's handler would write a second response.
    clientErrorHandler: () => undefined,
    logger: false,
    skipMiddie: true,
    bodyLimit: MAX_MANAGEMENT_BODY_BYTES,
    // The validation pipe refuses these names as unknown fields. Fastify would call the body invalid JSON.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    trustProxy: trustProxy(config),
    forceCloseConnections: true,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // Longer than any target within the header limit, so that an invalid id gets our own refusal.
    routerOptions: { maxParamLength: config.client.maxHeaderBytes },
  });
  const fastify: FastifyInstance = adapter.getInstance();
  addMethods(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, lifecycle), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLog(logger),
  });
  fastify.removeContentTypeParser('text/plain');
  // First: the observers below send on what it finds.
  observers.add(app.get(UsageTaps));
  if (config.metrics) observers.add(app.get(RequestMetrics, { strict: false }));
  if (config.observability.enabled) observers.add(app.get(EventJournal));
  for (const type of [CapWatch, RefusedKeyWatch]) observers.add(app.get(type));
  if (config.admin.enabled) protectAdmin(fastify);
  guardManagement(fastify, app.get(ManagementGuard));
  server.noteRefusals(auditRefusals(fastify, app.get(AuditTrail, { strict: false })));
  limitDepth(fastify);
  countBytes(fastify);
  allowMethods(fastify);
  explainUnknownPaths(fastify);
  app.useGlobalPipes(validationPipe(config.audit.hidden));
  app.useGlobalFilters(new ErrorFilter());
  serveDocs(app, () => apiDocument(app, metricsPaths(config)));
  if (config.admin.enabled) {
    serveAdminHealth(app);
    serveAdmin(app);
  }
  serveLandingPage(app, config);
  serveMetrics(app, config);
  await app.init().catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  server.serveWebSockets(app.get(WebSocketGate));
  const metrics = config.metrics && app.get(Metrics, { strict: false });
  return { app, server, lifecycle, observers, metrics, logger };
}

/** Listens on the configured address and returns the port. For port 0 the system chooses one. */
export async function listen({ app }: RunningApp, config: AppConfig): Promise<number> {
  await app.listen(config.listen.port, config.listen.host);
  return (app.getHttpServer().address() as AddressInfo).port;
}
