import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { DestinationStream, Logger } from 'pino';
import { ConnectionCount, connectionLimit } from './connection.limit.js';
import { HttpServer } from './http.server.js';
import { AppModule } from '../app.module.js';
import { serveDocs } from './openapi.document.js';
import { allowMethods, guardManagement, limitDepth } from './management.hooks.js';
import { ManagementGuard } from '../auth/management.guard.js';
import { MAX_MANAGEMENT_BODY_BYTES } from '../common/values/bytes.js';
import { ErrorFilter } from '../http/error.filter.js';
import { Lifecycle } from '../http/lifecycle.js';
import { createLogger, NestLog } from '../common/logging/log.js';
import { validationPipe } from '../common/rest/validation.pipe.js';
import type { AppConfig } from '../config/app.config.js';
import { WebSocketGate } from '../proxy/websocket/websocket.gate.js';

export interface RunningApp {
  app: NestFastifyApplication;
  server: HttpServer;
  lifecycle: Lifecycle;
  logger: Logger;
}

/** DTOs describe what is sent and answered; Fastify's own compilers of schemas would only delay the start. */
const noSchemas = () => () => {
  throw new Error('a route has a schema of Fastify');
};

/** Fastify's view of TRUSTED_PROXIES. A connection that is closed already has no address. */
const trustProxy = ({ trustedProxies }: AppConfig) =>
  trustedProxies ? (address: string | undefined) => trustedProxies.includes(address ?? '') : false;

/** Builds the application without listening; the server and every end-to-end test go through here. */
export async function createApp(config: AppConfig, logTo?: DestinationStream): Promise<RunningApp> {
  const logger = createLogger(config.log, logTo);
  const lifecycle = new Lifecycle();
  const server = new HttpServer(
    logger,
    lifecycle,
    new ConnectionCount(connectionLimit(config.client.maxConnections, config.workers)),
  );
  const adapter = new FastifyAdapter({
    serverFactory: (handler: RequestListener) => server.create(handler),
    // The server's own, alone: Fastify's own would write a second answer.
    clientErrorHandler: () => undefined,
    logger: false,
    skipMiddie: true,
    bodyLimit: MAX_MANAGEMENT_BODY_BYTES,
    trustProxy: trustProxy(config),
    forceCloseConnections: true,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // Longer than any target that Node's own limit on headers lets through: an odd id is told in our words.
    routerOptions: { maxParamLength: 65_536 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, lifecycle), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLog(logger),
  });
  const fastify: FastifyInstance = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain');
  guardManagement(fastify, app.get(ManagementGuard));
  limitDepth(fastify);
  allowMethods(fastify);
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ErrorFilter());
  serveDocs(app);
  await app.init().catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  server.serveWebSockets(app.get(WebSocketGate));
  return { app, server, lifecycle, logger };
}

/** Listens where the configuration says; the port in use (0 asks the system for one). */
export async function listen({ app }: RunningApp, config: AppConfig): Promise<number> {
  await app.listen(config.listen.port, config.listen.host);
  return (app.getHttpServer().address() as AddressInfo).port;
}
