import { hash } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_HEADERS } from '../admin/admin.headers.js';
import { errors } from '../common/errors/errors.js';
import { namesMediaType } from '../common/rest/content.negotiation.js';
import { VERSION } from '../common/values/package.js';
import type { AppConfig } from '../config/app.config.js';
import { exchangeOf } from '../http/exchange.js';
import { wrongBase } from './base.url.js';

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
pre { overflow-x: auto; padding: 1rem; border-radius: .5rem; background: #8882 }
`;

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#357"/><path d="M4 8h7M8 5l3 3-3 3" fill="none" stroke="#fff" stroke-width="2"/></svg>';

/** `root` is the relative way to the root of this server, so that the links work behind a path prefix. */
const page = (root: string, notice: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>LLM Proxy</title>
<link rel="icon" href="${root}favicon.ico">
<style>${STYLE}</style>
</head>
<body>
<h1>LLM Proxy</h1>
${notice}<p>This server forwards requests to the OpenAI API. Apps call it with a withering token in place of an OpenAI key. Version ${VERSION}.</p>
<h2>For apps</h2>
<p>The base URL is the address of this server followed by <code>/v1</code>:</p>
<pre>curl https://&lt;this server&gt;/v1/chat/completions \\
  -H "Authorization: Bearer sk-wt-…" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}'</pre>
<h2>For operators</h2>
<p><a href="${root}docs">The management API</a> · <a href="${root}health">the state of this server</a></p>
</body>
</html>
`;

const NOTHING = '<p><strong>There is nothing at this path.</strong></p>\n';

/** A browser names HTML; clients of an API do not. */
const wantsPage = ({ method, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && namesMediaType(headers.accept, 'text/html');

/** The way from a path to the root: one step up for each slash after the first. */
const rootOf = (path: string): string => '../'.repeat(path.split('/').length - 2) || './';

function sendPage(reply: FastifyReply, status: number, path: string): void {
  void reply
    .code(status)
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .type('text/html; charset=utf-8')
    .send(page(rootOf(path), status === 404 ? NOTHING : ''));
}

/** At `/` people get to the web interface, or to a page where it is switched off; nothing for other clients. What browsers and crawlers ask for by themselves. */
export function serveLandingPage(app: NestFastifyApplication, { admin }: Pick<AppConfig, 'admin'>): void {
  const http = app.getHttpAdapter();
  http.get('/', (request: FastifyRequest, reply: FastifyReply) => {
    if (!wantsPage(request)) throw wrongBase(exchangeOf(request.raw)) ?? errors.notFound();
    if (admin.enabled) void reply.headers({ ...PAGE_HEADERS, vary: 'accept' }).redirect('admin/', 302);
    else sendPage(reply, 200, '/');
  });
  http.get('/favicon.ico', (_: FastifyRequest, reply: FastifyReply) => reply.type('image/svg+xml').send(ICON));
  http.get('/robots.txt', (_: FastifyRequest, reply: FastifyReply) =>
    reply.type('text/plain; charset=utf-8').send('User-agent: *\nDisallow: /\n'),
  );
}

/** Says at an unknown path what would be the right one: to a browser with the page, to a client of OpenAI with an error. */
export function explainUnknownPaths(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply, done) => {
    if (!request.is404) return done();
    const exchange = exchangeOf(request.raw);
    if (exchange.route !== 'page') return done();
    if (!wantsPage(request)) return done(wrongBase(exchange));
    exchange.refused(errors.notFound());
    sendPage(reply, 404, exchange.path);
  });
}
