import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from '../support/app.js';

interface Parameter {
  name: string;
  in: string;
  deprecated?: boolean;
  schema: { type: string; format?: string };
}
interface Document {
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  externalDocs: { url: string };
  info: { description: string };
  paths: Record<string, Record<string, { operationId: string; parameters: Parameter[]; tags: string[] }>>;
  components: { schemas: Record<string, unknown> };
}
interface Lint {
  faultsOf(yaml: string): Promise<string[]>;
}

describe('the OpenAPI document for generators', () => {
  let app: TestApp;
  let document: Document;
  let yaml: string;
  let lint: Lint;
  beforeAll(async () => {
    app = await TestApp.start();
    document = (await (await fetch(`${app.url}/docs/json`)).json()) as Document;
    yaml = await (await fetch(`${app.url}/docs/yaml`)).text();
    const script = new URL('../../scripts/openapi.lint.mjs', import.meta.url).href;
    lint = (await import(script)) as Lint;
  });
  afterAll(() => app.close());

  const operations = () => Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const parameters = () => operations().flatMap((operation) => operation.parameters);

  it('passes the linter', async () => {
    expect(await lint.faultsOf(yaml)).toEqual([]);
  });

  it.each([
    ['an operation id of the framework', 'operationId: listProjects', 'operationId: ProjectController_list'],
    ['a number that is not whole', 'type: integer', 'type: number'],
    ['a number without bounds', /^ +minimum: .*\n/m, ''],
    ['a response without a description', 'description: The new project', "description: ''"],
    ['an unknown schema', 'schemas/ProjectView', 'schemas/NoView'],
    ['an example that does not fit', 'is_active: false', 'is_active: perhaps'],
  ])('does not pass it with %s', async (_, part, other) => {
    const faulty = yaml.replace(part, other);
    expect(faulty).not.toBe(yaml);
    expect(await lint.faultsOf(faulty)).not.toEqual([]);
  });

  it('names the methods of a client', () => {
    expect(operations().map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining(['listProjects', 'createToken', 'revokeProjectTokens', 'updateToken', 'getHealth']),
    );
  });

  it('deprecates every second name of a parameter, and no other', () => {
    const deprecated = parameters()
      .filter((parameter) => parameter.deprecated)
      .map(({ name }) => name);
    expect(deprecated.toSorted()).toEqual(['active_only', 'include_deleted', 'project_id']);
  });

  it('has the format of every id and the whole numbers of pages', () => {
    // A request and a row of the audit log also have an id that is no UUID.
    const paths = Object.entries(document.paths).filter(
      ([path]) => !/^\/manage\/(?:requests|audit)\/\{id\}/.test(path),
    );
    const ids = paths
      .flatMap(([, methods]) => Object.values(methods).flatMap((operation) => operation.parameters))
      .filter((parameter) => parameter.in === 'path');
    const pages = parameters().filter(({ name }) => name.startsWith('page'));
    expect(new Set(ids.map(({ schema }) => schema.format))).toEqual(new Set(['uuid']));
    expect(new Set(pages.map(({ schema }) => schema.type))).toEqual(new Set(['integer']));
  });

  it('has a relative server, tags with a description, and the way to the proxied API', () => {
    expect(document.servers.map(({ url }) => url)).toEqual(['..']);
    const described = document.tags.filter(({ description }) => description).map(({ name }) => name);
    expect(new Set(operations().flatMap(({ tags }) => tags))).toEqual(new Set(described));
    expect(document.externalDocs.url).toMatch(/^https:/);
    expect(document.info.description).toContain('/v1/chat/completions');
  });
});
