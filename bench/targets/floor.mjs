// FROZEN. The yardstick of every ratio: what Node and undici cost a relay that does nothing else. Changing a line here
// moves all figures ever compared with it. Rewrites the credential, strips hop-by-hop fields, and no more.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [port, origin, key] = process.argv.slice(2);
const SMALL_BODY_BYTES = 64 * 1024;
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host authorization'.split(
    ' ',
  ),
);
const pool = new Pool(origin, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 });

/** Name, value, name, value, as they came. */
function passed(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = String(raw[i]);
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, raw[i + 1].toString('latin1'));
  }
  return kept;
}

class Relay {
  constructor(response) {
    this.response = response;
    this.left = Number.NaN;
  }
  onRequestStart(controller) {
    this.response.once('close', () => this.response.writableFinished || controller.abort(new Error('client left')));
  }
  onResponseStart(controller, status, headers, statusText) {
    this.left = Number(headers['content-length'] ?? Number.NaN);
    this.response.sendDate = false;
    this.response.writeHead(status, statusText, passed(controller.rawHeaders));
    if (Number.isNaN(this.left)) this.response.flushHeaders();
  }
  onResponseData(controller, chunk) {
    this.left -= chunk.length;
    if (this.left === 0) this.response.end(chunk);
    else if (!this.response.write(chunk)) {
      controller.pause();
      this.response.once('drain', () => controller.resume());
    }
  }
  onResponseEnd() {
    if (!this.response.writableEnded) this.response.end();
  }
  onResponseError(_, error) {
    if (this.response.headersSent) this.response.destroy();
    else this.response.writeHead(502).end(error.message);
  }
}

const server = createServer((request, response) => {
  const headers = passed(request.rawHeaders);
  headers.push('authorization', `Bearer ${key}`);
  const send = (body) =>
    pool.dispatch({ path: request.url, method: request.method, headers, body }, new Relay(response));
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0) send(null);
  else if (length > SMALL_BODY_BYTES) send(request);
  else {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.once('end', () => send(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
  }
});
server.keepAliveTimeout = 72_000;
server.requestTimeout = 0;
server.listen(Number(port), '127.0.0.1');
