import { MANAGEMENT_TOKEN } from '../../support/app.js';
import { BuiltServer } from '../../support/built.server.js';
import type { Variables } from '../../../src/config/values/variables.js';

/** The built program on SQLite, as a browser meets it. */
export class WebServer {
  private constructor(private readonly server: BuiltServer) {}

  static async start(variables: Variables = {}): Promise<WebServer> {
    return new WebServer(await BuiltServer.start(variables));
  }

  get port(): number {
    return this.server.port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Where the server keeps its files: its database, in a test that may look into it. */
  get folder(): string {
    return this.server.folder;
  }

  /** Every line the server has logged. */
  get lines(): readonly string[] {
    return this.server.lines;
  }

  /** A management call; the body of its answer. Throws when it is refused. */
  async manage<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async close(): Promise<void> {
    await this.server.stop();
  }
}
