import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

const FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** `base` is relative, so that the page works behind a path prefix. */
const page = (base: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>LLM Proxy API</title>
    <link rel="icon" href="${base}favicon-32x32.png">
    <link rel="stylesheet" href="${base}swagger-ui.css">
    <style>body { margin: 0; background: #fafafa }</style>
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${base}swagger-ui-bundle.js"></script>
    <script>
      SwaggerUIBundle({ dom_id: '#swagger-ui', url: '${base}json', deepLinking: true, displayRequestDuration: true });
    </script>
  </body>
</html>
`;

/** Swagger UI. Its folder is resolved at the first request: most servers never show the page. */
export function serveDocsPage(app: NestFastifyApplication): void {
  const http = app.getHttpAdapter();
  const sendPage = (base: string) => (_: FastifyRequest, reply: FastifyReply) =>
    reply.type('text/html; charset=utf-8').send(page(base));
  http.get('/docs', sendPage('./docs/'));
  http.get('/docs/', sendPage('./'));
  for (const [name, type] of Object.entries(FILES))
    http.get(`/docs/${name}`, (_: FastifyRequest, reply: FastifyReply) =>
      reply.type(type).send(createReadStream(join(assets(), name))),
    );
}

const assets = (): string => dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
