import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE_MS } from './changes.js';
import { freePort } from './free.port.js';
import { RawClient } from './raw.client.js';

export type FrontEndName = 'nginx' | 'haproxy' | 'caddy';

export interface Route {
  folder: string;
  port: number;
  /** Where the application listens. */
  to: number;
}

/** Without TLS, with no more than what forwards a request as it is. */
export const PLAIN_FRONTS: Record<'nginx' | 'haproxy', (route: Route) => string> = {
  // One process, so that killing it leaves no workers behind.
  nginx: ({ folder, port, to }) => `
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 256; }
http {
  access_log off;
  client_max_body_size 0;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream application { server 127.0.0.1:${to} max_fails=0; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://application;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_next_upstream off;
      proxy_set_header Connection '';
    }
  }
}
`,
  haproxy: ({ port, to }) => `
global
  nbthread 1
  maxconn 256
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen front
  bind 127.0.0.1:${port}
  server application 127.0.0.1:${to}
`,
};

const ARGUMENTS: Record<FrontEndName, (file: string, folder: string) => string[]> = {
  nginx: (file, folder) => ['-g', 'daemon off;', '-e', 'stderr', '-c', file, '-p', folder],
  haproxy: (file) => ['-f', file, '-db'],
  caddy: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
};

/** nginx, HAProxy or Caddy before the application, on a loopback port, keeping its connections to it alive. */
export class FrontEnd {
  private constructor(
    readonly port: number,
    /** What the program keeps: its configuration, and Caddy's certificates. */
    readonly folder: string,
    readonly stop: () => Promise<void>,
  ) {}

  /** `configuration` is the text of the program's file. */
  static async start(
    name: FrontEndName,
    program: string,
    to: number,
    configuration: (route: Route) => string,
  ): Promise<FrontEnd> {
    const folder = mkdtempSync(join(tmpdir(), `llm-proxy-${name}-`));
    const file = join(folder, 'config');
    const port = await freePort();
    writeFileSync(file, configuration({ folder, port, to }));
    const child = spawn(program, ARGUMENTS[name](file, folder), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
    // A test that fails before it stops its front end must neither wait for it nor leave it behind.
    const kill = (): boolean => child.kill('SIGKILL');
    child.unref();
    (child.stderr as Socket).unref();
    process.once('exit', kill);
    let complaints = '';
    child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
    const ended = once(child, 'exit');
    const stop = async (): Promise<void> => {
      process.removeListener('exit', kill);
      kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    };
    const giveUpAt = Date.now() + PATIENCE_MS;
    while (!(await listens(port))) {
      if (child.exitCode !== null || Date.now() > giveUpAt) {
        await stop();
        throw new Error(`${name} does not listen: ${complaints}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return new FrontEnd(port, folder, stop);
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.port);
  }
}

async function listens(port: number): Promise<boolean> {
  try {
    (await RawClient.connect(port)).destroy();
    return true;
  } catch {
    return false;
  }
}
