import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';
import type { Exchange } from '../http/exchange.js';
import type { Lifecycle } from '../http/lifecycle.js';
import { targetProblem } from '../http/target.gate.js';
import type { ClientConnections } from './client.connections.js';
import { doubledBase } from './base.url.js';
import { ALLOW } from './request.methods.js';

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::\d*)?$/;

/** What every request must satisfy, whatever its route: decided from its head alone, before Fastify sees it. No I/O. */
export class RequestGate {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly connections: ClientConnections,
    /** Some provider allows them; which one, the admission checks. */
    private readonly allowsEncodedSlash: boolean,
  ) {}

  /** Why the request is refused; undefined when it may enter. */
  refusal({ request, route, path }: Exchange): ApiError | undefined {
    const problem = targetProblem(request.url ?? '', this.allowsEncodedSlash && route === 'proxied');
    if (problem) return errors.targetInvalid(problem);
    if (request.method === 'TRACE') return errors.methodNotAllowed(ALLOW);
    const framing = framingRefusal(request);
    if (framing) return framing;
    const header = headerProblem(request);
    if (header) return errors.headerInvalid(header);
    if (route === 'health') return undefined;
    const doubled = route === 'proxied' ? doubledBase(path) : undefined;
    if (doubled) return doubled;
    if (this.connections.isOverloaded) return errors.overloaded();
    return this.lifecycle.refusesNew ? errors.draining() : undefined;
  }
}

/** RFC 9112 §2.3 and §6.1: versions and transfer codings that Node's parser accepts and this server does not speak. */
function framingRefusal({ httpVersion, headers }: IncomingMessage): ApiError | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return errors.versionUnsupported();
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (coding.toLowerCase() !== 'chunked') return errors.requestInvalid('its transfer coding is not chunked alone');
  return httpVersion === '1.0' ? errors.requestInvalid('HTTP/1.0 has no transfer codings') : undefined;
}

/** RFC 9112 §3.2 and §11.2: one Host and one credential. Node keeps the first of several and does not say so. */
function headerProblem({ rawHeaders, httpVersion }: IncomingMessage): string | undefined {
  let hosts = 0;
  let credentials = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hosts += 1;
      if (!HOST.test(rawHeaders[i + 1]!)) return 'Host is not valid';
    } else if (name.length === 13 && name.toLowerCase() === 'authorization') credentials += 1;
  }
  if (hosts > 1) return 'Host is given twice';
  if (hosts === 0 && httpVersion === '1.1') return 'Host is missing';
  return credentials > 1 ? 'Authorization is given twice' : undefined;
}
