import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { MANAGEMENT_SCHEME, SESSION_SCHEME, WITHERING_SCHEME } from '../common/rest/api.docs.js';
import { VERSION } from '../common/values/package.js';
import { metricsDocs } from './metrics.docs.js';
import { API_DESCRIPTION } from './openapi.text.js';

/** The OpenAPI document, generated from the code. `metricsPaths` are those of the metrics. */
export function apiDocument(app: NestFastifyApplication, metricsPaths: readonly string[]): OpenAPIObject {
  const about = new DocumentBuilder()
    // 3.1 has no `nullable`, which the properties of DTOs use.
    .setOpenAPIVersion('3.0.3')
    .setTitle('LLM Proxy')
    .setDescription(API_DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setExternalDoc('Reference of the API under /v1', 'https://platform.openai.com/docs/api-reference')
    // Relative to the address of the document, so that it is right below a path prefix.
    .addServer('..', 'The server that has this document')
    .addTag('projects', 'Tenants, each with one upstream key')
    .addTag('tokens', 'Withering tokens, the credentials of apps')
    .addTag('operators', 'People and programs that call this API with a credential of their own')
    .addTag('session', 'Sessions of the web interface')
    .addTag('overview', 'What there is, and what happened in the last 24 hours')
    .addTag('usage', 'Requests, tokens and cost by time')
    .addTag('requests', 'The last requests, one by one')
    .addTag('streams', 'What runs now on all replicas, and its end')
    .addTag('audit', 'Who did what: the audit log, and what proves it')
    .addTag('system', 'The state of the whole system, for admins')
    .addTag('health', 'The state of the server, for load balancers and operators')
    .addSecurity(MANAGEMENT_SCHEME, {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'opaque',
      description: 'The value of MANAGEMENT_TOKEN. The page forgets it when it is reloaded.',
    })
    .addSecurity(SESSION_SCHEME, {
      type: 'apiKey',
      in: 'cookie',
      name: 'llm_proxy_session',
      description: 'The cookie of a session, which `POST /manage/session` sets; over https `__Host-llm_proxy_session`.',
    })
    .addSecurity(WITHERING_SCHEME, {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'opaque',
      description: 'A withering token, the credential of an app.',
    })
    .build();
  about.info.contact = { name: 'The operator of this server' };
  const document = SwaggerModule.createDocument(app, about);
  Object.assign(document.paths, metricsDocs(metricsPaths));
  return document;
}
