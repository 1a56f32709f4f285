import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Page } from 'playwright-core';
import type { Variables } from '../../../src/config/values/variables.js';
import { RecordingUpstream } from '../../support/recording.upstream.js';
import { type OpenOptions, WebBrowser } from './browser.js';
import { WebServer } from './web.server.js';

const KEY = `sk-${'a'.repeat(40)}`;

export interface MadeToken {
  id: string;
  token: string;
}

/** A server and a browser for the tests of one file, with what they make by the management API. */
export class WebSuite {
  server!: WebServer;
  browser!: WebBrowser;

  /** `variables` is asked when the server starts: after the hooks that were registered before. */
  static forTests(variables: () => Variables = () => ({})): WebSuite {
    const suite = new WebSuite();
    beforeAll(async () => {
      suite.server = await WebServer.start(variables());
      suite.browser = await WebBrowser.connect(suite.server.origin);
    });
    afterEach(() => suite.browser.settle());
    afterAll(async () => {
      await suite.browser.close();
      await suite.server.close();
    });
    return suite;
  }

  /** As `forTests`, with an upstream that answers every call. */
  static withUpstream(variables: Variables = {}): WebSuite {
    let upstream: RecordingUpstream;
    beforeAll(async () => void (upstream = await RecordingUpstream.start()));
    const suite = WebSuite.forTests(() => ({ OPENAI_API_URL: upstream.baseUrl, ...variables }));
    afterAll(() => upstream.close());
    return suite;
  }

  open(path: string, options?: OpenOptions): Promise<Page> {
    return this.browser.open(`/admin/${path}`, options);
  }

  /** The id of a new project. */
  async project(name: string, more: object = {}): Promise<string> {
    const body = { name, api_key: KEY, ...more };
    return (await this.server.manage<{ id: string }>('POST', '/manage/projects', body)).id;
  }

  token(projectId: string, more: object = {}): Promise<MadeToken> {
    return this.server.manage<MadeToken>('POST', '/manage/tokens', { project_id: projectId, ...more });
  }

  get<T>(path: string): Promise<T> {
    return this.server.manage<T>('GET', path);
  }

  /** The credential of a new operator of these projects. */
  async operator(role: 'viewer' | 'manager', projects: readonly string[]): Promise<string> {
    const body = { name: `${role} of ${projects.join(' ')}`, role, projects };
    return (await this.server.manage<{ token: string }>('POST', '/manage/operators', body)).token;
  }
}
