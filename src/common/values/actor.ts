import type { ManagementCall, Origin } from '../audit/management.call.js';

/** Of operators. */
export const ROLES = ['viewer', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** `management_api` is the root credential. */
export const ACTOR_KINDS = ['management_api', 'operator', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** The author of a management call, or of a change that the server makes itself. */
export interface Actor {
  readonly kind: ActorKind;
  readonly origin: Origin;
  /** Of an operator. */
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly role: Role;
  /** The ids of the projects that it sees. Undefined = all; an empty set sees nothing. */
  readonly projects: ReadonlySet<string> | undefined;
  /** The call that it makes; absent for what the server does itself. */
  readonly call?: ManagementCall;
}

const EVERYTHING = { id: undefined, name: undefined, role: 'admin', projects: undefined } as const;

/** The holder of the management token. */
export const ROOT: Actor = { kind: 'management_api', origin: 'api', ...EVERYTHING };

/** The server itself. */
export const SYSTEM: Actor = { kind: 'system', origin: 'system', ...EVERYTHING };

/** Whether a project exists for the actor. */
export const sees = ({ projects }: Actor, projectId: string): boolean => projects?.has(projectId) ?? true;
