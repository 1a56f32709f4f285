import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errors } from '../common/errors/errors.js';
import { acceptedCodings, isCurrent } from '../common/rest/content.negotiation.js';
import { AppConfig } from '../config/app.config.js';
import { PACKAGE_FOLDER } from '../common/values/package.js';
import { PAGE_HEADERS } from './admin.headers.js';
import { AdminFiles } from './admin.files.js';
import { shellOf, themeOf } from './admin.shell.js';

const PREFIX = '/admin/';
/** Their names change with their content. */
const FOREVER = 'public, max-age=31536000, immutable';

const isAdmin = (url: string): boolean => /^\/admin(?:[/?]|$)/.test(url);

/** What follows `/admin/`, as it was sent. */
const restOf = (url: string): string => url.slice(PREFIX.length).split('?', 1)[0]!;

/** A listed file, in a coding that the client accepts. Throws 404 for any other name. */
async function sendFile(files: AdminFiles, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = restOf(request.url);
  const file = await files.find(name);
  if (file === undefined) throw errors.notFound();
  const { headers } = request;
  void reply.headers({
    'cache-control': name.startsWith('assets/') ? FOREVER : 'no-cache',
    vary: 'accept-encoding',
    etag: file.etag,
  });
  if (isCurrent(headers['if-none-match'], file.etag)) {
    if (request.method === 'GET') return reply.code(304).send();
    // To a HEAD the framework says the length of what it is given.
    void reply.code(304);
  }
  const { bytes, coding } = await files.read(file, acceptedCodings(headers['accept-encoding']));
  if (coding !== undefined) void reply.header('content-encoding', coding);
  return reply.type(file.type).send(bytes);
}

/** The page itself, at any other path: what is there to see, it decides in the browser. */
async function sendShell(
  files: AdminFiles,
  rememberMs: number,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const html = await files.shell();
  if (html === undefined) throw errors.notFound();
  return reply
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(shellOf(html, restOf(request.url), themeOf(request.headers.cookie), rememberMs));
}

/**
 * Puts the policy on every answer below /admin. Called before the hooks that refuse. The router decodes paths: `/%61dmin/`
 * would be a page whose relative addresses are wrong.
 */
export function protectAdmin(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isLiteral = isAdmin(request.url);
    const isPage = isAdmin(request.routeOptions.url ?? '');
    if (isLiteral || isPage) void reply.headers(PAGE_HEADERS);
    done(isPage && !isLiteral ? errors.notFound() : undefined);
  });
}

/** The web interface at /admin/. Its files are made by the build, into `folder`. */
export function serveAdmin(app: NestFastifyApplication, folder = new URL('dist/admin/', PACKAGE_FOLDER)): void {
  const http = app.getHttpAdapter();
  const files = new AdminFiles(folder);
  const { rememberMs } = app.get(AppConfig).admin;
  http.get('/admin', ({ url }: FastifyRequest, reply: FastifyReply) =>
    reply
      .header('location', `admin/${url.slice('/admin'.length)}`)
      .code(308)
      .send(),
  );
  for (const path of ['/admin/assets/*', '/admin/icon.svg'])
    http.get(path, (request: FastifyRequest, reply: FastifyReply) => sendFile(files, request, reply));
  http.get('/admin/*', (request: FastifyRequest, reply: FastifyReply) => sendShell(files, rememberMs, request, reply));
}
