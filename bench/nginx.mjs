import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWER, ANSWER_HEADERS, UPSTREAM_KEY } from './exchange.mjs';
import { answers, freePort, startChild } from './child.mjs';
import { fileLimit, nginxProgram } from './machine.mjs';

/** Clients and upstreams: two for each open stream. */
const CONNECTIONS = Math.min(fileLimit() - 100, 20_000);

/** Nothing outside its own folder, no log, connections that are never given up for their age. */
const configuration = (folder, server) => `
# One process: its CPU time is all there is, and killing it leaves no worker behind.
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

/** The practical limit: the same header rewrite, connections to the upstream kept alive, nothing held back. */
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

/** The cheapest upstream there is. */
const upstreamServer = (port) => `
  server {
    listen 127.0.0.1:${port};
    default_type application/json;
${ANSWER_HEADERS.map(([name, value]) => `    add_header ${name} '${value}';`).join('\n')}
    if ($http_authorization != 'Bearer ${UPSTREAM_KEY}') { return 401; }
    location / { return 200 '${ANSWER}'; }
  }`;

/** A running nginx: its child and its port. */
async function startNginx(core, folder, server) {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, server(port)));
  const args = ['-g', 'daemon off;', '-e', 'stderr', '-c', file, '-p', folder];
  const child = startChild(core, nginxProgram, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await answers(child, port, '/v1/models', { authorization: `Bearer ${UPSTREAM_KEY}` });
  return { child, port };
}

export const startNginxProxy = (core, folder, upstreamPort) =>
  startNginx(core, folder, (port) => proxyServer(port, upstreamPort));

export const startNginxUpstream = (core, folder) => startNginx(core, folder, upstreamServer);
