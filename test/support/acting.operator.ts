import { ManagementGuard } from '../../src/auth/management.guard.js';
import type { Actor, Role } from '../../src/common/values/actor.js';
import { exchangeOf } from '../../src/http/exchange.js';
import type { TestApp } from './app.js';

let made = 0;

/** The credential of an operator of this role, who sees these projects. Only the guard of the application knows it. */
export function actingOperator(app: TestApp, role: Role, projects?: readonly string[]): string {
  made += 1;
  const credential = `operator-of-a-test-${made}-0123456789abcdefghijklmnop`;
  const actor: Actor = {
    kind: 'operator',
    origin: 'api',
    id: `operator-${made}`,
    name: `operator ${made}`,
    role,
    projects: projects && new Set(projects),
  };
  const guard = app.running.app.get(ManagementGuard);
  const authenticate = guard.authenticate.bind(guard);
  guard.authenticate = async (request) => {
    if (request.headers.authorization !== `Bearer ${credential}`) return authenticate(request);
    exchangeOf(request.raw).actor = actor;
  };
  return credential;
}
