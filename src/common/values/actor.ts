import type { ManagementCall, Origin } from '../audit/management.call.js';

/** Of operators. */
export const ROLES = ['viewer', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A session of the web interface, as its calls carry it. */
export interface ActorSession {
  readonly id: string;
  /** What the person calls itself. */
  readonly name: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly remember: boolean;
}

/** `management_api` is the root credential. */
export const ACTOR_KINDS = ['management_api', 'operator', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** As the audit log and the access log name the author: `admin` is a session of the web interface. */
export const AUTHORS = [...ACTOR_KINDS, 'admin'] as const;
export type Author = (typeof AUTHORS)[number];

/** The author of a management call, or of a change that the server makes itself. */
export interface Actor {
  readonly kind: ActorKind;
  readonly origin: Origin;
  /** Of an operator. */
  readonly id: string | undefined;
  /** Of an operator; of the management token's holder in a session, what it calls itself. */
  readonly name: string | undefined;
  readonly role: Role;
  /** The ids of the projects that it sees. Undefined = all; an empty set sees nothing. */
  readonly projects: ReadonlySet<string> | undefined;
  /** The call that it makes; absent for what the server does itself. */
  readonly call?: ManagementCall;
  /** The call has MANAGEMENT_TOKEN_PREVIOUS: the session that it begins ends with that. */
  readonly isFormer?: true;
  /** Absent for a call with a bearer credential. */
  readonly session?: ActorSession;
}

const EVERYTHING = { id: undefined, name: undefined, role: 'admin', projects: undefined } as const;

/** The holder of the management token. */
export const ROOT: Actor = { kind: 'management_api', origin: 'api', ...EVERYTHING };

/** The holder of the management token before. */
export const FORMER_ROOT: Actor = { ...ROOT, isFormer: true };

/** The server itself. */
export const SYSTEM: Actor = { kind: 'system', origin: 'system', ...EVERYTHING };

/** Whether a project exists for the actor. */
export const sees = ({ projects }: Actor, projectId: string): boolean => projects?.has(projectId) ?? true;
