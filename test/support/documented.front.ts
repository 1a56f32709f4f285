import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from './certificate.js';
import { FrontEnd, type FrontEndName, type Route } from './front.end.js';

const PAGE = 'docs/deployment/fronts.md';

/** The first block of a language under a heading of the page. */
export function documented(heading: string, language: string): string {
  const [, section] = readFileSync(PAGE, 'utf8').split(`\n## ${heading}\n`);
  const block = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(section ?? '')?.[1];
  if (block === undefined) throw new Error(`${PAGE} has no ${language} under ${heading}`);
  return block;
}

/** Every old text must be there: a block that has changed must not be run half replaced. */
function replaced(text: string, pairs: Record<string, string>): string {
  for (const [old, fresh] of Object.entries(pairs)) {
    if (!text.includes(old)) throw new Error(`the block has no ${old}`);
    text = text.replaceAll(old, fresh);
  }
  return text;
}

/** What stands around a block where it is used: nginx's file, and what keeps Caddy away from the machine's certificates. */
const AROUND: Record<FrontEndName, (block: string, folder: string) => string> = {
  nginx: (block, folder) => `
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 256; }
http {
access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
${block}
}`,
  haproxy: (block) => `global\n  nbthread 1\n  maxconn 256\n${block}`,
  caddy: (block) =>
    block.startsWith('{') ? block : `{\n admin off\n auto_https disable_redirects\n skip_install_trust\n}\n${block}`,
};

/** What a test has in other places than a deployment. */
const PLACES: Record<FrontEndName, (route: Route) => Record<string, string>> = {
  nginx: ({ port, folder }) => ({ 'listen 443 ': `listen 127.0.0.1:${port} `, '/etc/ssl/llm-proxy': folder }),
  haproxy: ({ port, folder }) => ({ 'bind :443 ': `bind 127.0.0.1:${port} `, '/etc/ssl/llm-proxy': folder }),
  caddy: () => ({}),
};

/** A front as the docs configure it, with TLS for localhost. */
export class DocumentedFront {
  private constructor(
    readonly end: FrontEnd,
    /** The file of the certificate that vouches for the front. */
    readonly authority: string,
  ) {}

  static async start(name: FrontEndName, program: string, to: number, block: string): Promise<DocumentedFront> {
    const { cert, key } = selfSigned('localhost');
    const end = await FrontEnd.start(name, program, to, (route) => {
      const files = { 'cert.pem': cert, 'key.pem': key, 'both.pem': cert + key };
      for (const [file, text] of Object.entries(files)) writeFileSync(join(route.folder, file), text);
      const site = name === 'caddy' ? siteOf(block, route.port) : {};
      const places = { '127.0.0.1:8080': `127.0.0.1:${to}`, ...site, ...PLACES[name](route) };
      return AROUND[name](replaced(block, places), route.folder);
    });
    const root = name === 'caddy' ? 'caddy/pki/authorities/local/root.crt' : 'cert.pem';
    return new DocumentedFront(end, join(end.folder, root));
  }

  get url(): string {
    return `https://localhost:${this.end.port}`;
  }
}

/** Caddy makes the certificate of localhost itself; it would ask a public authority for any other name. */
function siteOf(block: string, port: number): Record<string, string> {
  const site = /^(\S+) \{$/m.exec(block)?.[1];
  if (site === undefined) throw new Error('the Caddyfile has no site');
  return { [`${site} {`]: `https://localhost:${port} {` };
}
