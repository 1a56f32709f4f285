import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESPONSE_BODY, RESPONSE_HEADERS, UPSTREAM_KEY } from './exchange.mjs';
import { freePort, startChild, waitUntilReady } from './child.mjs';
import { fileLimit, nginxProgram } from './machine.mjs';

/** Connections of clients and of upstreams: an open stream needs two. */
const CONNECTIONS = Math.min(fileLimit() - 100, 20_000);

/** It writes only to its own folder, has no access log, and keeps connections open. */
const configuration = (folder, server) => `
# A single process has all the CPU time, and leaves no worker behind when it is killed.
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
events { worker_connections ${CONNECTIONS}; }
http {
  access_log off;
  client_max_body_size 0;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${server}
}
`;

/** The practical limit: the same change of headers, keep-alive connections to the upstream, and no buffering. */
const proxyServer = (port, upstreamPort) => `
  upstream api { server 127.0.0.1:${upstreamPort}; keepalive 512; keepalive_requests 1000000000; keepalive_timeout 1h; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 1h;
      proxy_set_header Connection '';
      proxy_set_header Authorization 'Bearer ${UPSTREAM_KEY}';
    }
  }`;

/** The upstream with the lowest cost. */
const upstreamServer = (port) => `
  server {
    listen 127.0.0.1:${port};
    default_type application/json;
${RESPONSE_HEADERS.map(([name, value]) => `    add_header ${name} '${value}';`).join('\n')}
    if ($http_authorization != 'Bearer ${UPSTREAM_KEY}') { return 401; }
    location / { return 200 '${RESPONSE_BODY}'; }
  }`;

/** Starts nginx and returns its process and its port. */
async function startNginx(core, folder, server) {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, server(port)));
  const args = ['-g', 'daemon off;', '-e', 'stderr', '-c', file, '-p', folder];
  const child = startChild(core, nginxProgram, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await waitUntilReady(child, port, '/v1/models', { authorization: `Bearer ${UPSTREAM_KEY}` });
  return { child, port };
}

export const startNginxProxy = (core, folder, upstreamPort) =>
  startNginx(core, folder, (port) => proxyServer(port, upstreamPort));

export const startNginxUpstream = (core, folder) => startNginx(core, folder, upstreamServer);
