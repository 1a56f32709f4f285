import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dump } from 'js-yaml';
import { PageFile } from './openapi.page.file.js';
import { PAGE_SCRIPT } from './openapi.page.script.js';
import { PAGE_STYLE } from './openapi.page.style.js';

/** Operators type the management token into the page: it runs no script but its own, and speaks to this server alone. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `base` is relative, so that the page works behind a path prefix. */
const page = (base: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>LLM Proxy API</title>
    <link rel="icon" href="${base}favicon-32x32.png">
    <link rel="stylesheet" href="${base}swagger-ui.css">
    <link rel="stylesheet" href="${base}page.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${base}swagger-ui-bundle.js"></script>
    <script src="${base}page.js"></script>
  </body>
</html>
`;

/** The folder is resolved at the first request: most servers never show the page. */
const fromSwaggerUi = (name: string) => (): Promise<Buffer> =>
  readFile(join(dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')), name));

const filesOf = (document: () => OpenAPIObject): Record<string, PageFile> => ({
  'swagger-ui.css': new PageFile('text/css; charset=utf-8', fromSwaggerUi('swagger-ui.css')),
  'swagger-ui-bundle.js': new PageFile('text/javascript; charset=utf-8', fromSwaggerUi('swagger-ui-bundle.js')),
  'favicon-32x32.png': new PageFile('image/png', fromSwaggerUi('favicon-32x32.png')),
  'page.css': new PageFile('text/css; charset=utf-8', () => PAGE_STYLE),
  'page.js': new PageFile('text/javascript; charset=utf-8', () => PAGE_SCRIPT),
  json: new PageFile('application/json; charset=utf-8', () => JSON.stringify(document())),
  yaml: new PageFile('text/yaml; charset=utf-8', () => dump(document(), { skipInvalid: true, noRefs: true })),
});

/** Swagger UI at /docs, the document at /docs/json and /docs/yaml. The document is made at the first request. */
export function serveDocs(app: NestFastifyApplication, document: () => OpenAPIObject): void {
  const http = app.getHttpAdapter();
  const sendPage = (base: string) => (_: FastifyRequest, reply: FastifyReply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', CONTENT_SECURITY_POLICY).send(page(base));
  http.get('/docs', sendPage('./docs/'));
  http.get('/docs/', sendPage('./'));
  for (const [name, file] of Object.entries(filesOf(document)))
    http.get(`/docs/${name}`, (request: FastifyRequest, reply: FastifyReply) => file.send(request, reply));
}
