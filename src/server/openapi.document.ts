import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { MANAGEMENT_SCHEME } from '../common/rest/api.docs.js';
import { serveDocsPage } from './openapi.page.js';
import { VERSION } from '../common/values/package.js';

/** The OpenAPI document, generated from the code. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const about = new DocumentBuilder()
    .setTitle('LLM Proxy')
    .setDescription(
      'Management of projects and withering tokens. The proxied API is everything under `/v1/`: the OpenAI API itself, ' +
        'called with a withering token in place of an OpenAI key.',
    )
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'MANAGEMENT_TOKEN, the operator’s credential' },
      MANAGEMENT_SCHEME,
    )
    .build();
  return SwaggerModule.createDocument(app, about);
}

/** Swagger UI at /docs, the document at /docs/json and /docs/yaml. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app), {
    ui: false,
    jsonDocumentUrl: 'docs/json',
    yamlDocumentUrl: 'docs/yaml',
  });
  serveDocsPage(app);
}
