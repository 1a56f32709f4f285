import type { AuditEvent } from '../api/types';

type Action = AuditEvent['action'];

/** What can be done, in a few words. Every action of the API is here. */
const WORDS: Record<Action, string> = {
  'project.create': 'A project was made',
  'project.update': 'A project was changed',
  'project.delete': 'A project was deleted',
  'project.revoke_tokens': 'All tokens of a project were revoked',
  'project.check': 'An upstream key was checked',
  'token.create': 'A token was made',
  'token.update': 'A token was changed',
  'token.replace': 'A token got a successor',
  'token.revoke': 'A token was revoked',
  'token.purge': 'Old tokens were erased',
  'operator.create': 'An operator was made',
  'operator.update': 'An operator was changed',
  'operator.revoke': 'An operator was revoked',
  'request.body.read': 'A stored body was read',
  'stream.end': 'Running requests were ended',
  'admin.login': 'Sign in to the web interface',
  'admin.logout': 'Sign out of the web interface',
  'admin.session_end': 'A session was ended by another',
  'auth.denied': 'A credential was refused',
  'server.start': 'A server started',
  'server.stop': 'A server stopped',
  'migration.up': 'The database was migrated',
  'migration.down': 'A migration was taken back',
  'key.rotate': 'Stored keys were encrypted anew',
  'data.import': 'Data was imported',
  'config.change': 'The configuration changed',
  'audit.enable': 'The audit log was switched on',
  'audit.disable': 'The audit log was switched off',
  'audit.prune': 'Old rows of this log were deleted',
  'audit.repair': 'The chain of this log was repaired',
  'audit.export': 'This log was exported',
  'audit.key': 'The key of this log changed',
  'events.dead_drop': 'Undeliverable events were deleted',
  'events.dead_replay': 'Undeliverable events are delivered again',
  'events.sink_remove': 'A sink was removed',
};

/** The names of the actions, for the choice of one. */
export const ACTIONS = Object.keys(WORDS) as Action[];

/** An action in words; undefined for one of another version of the server. */
export const actionWords = (action: string): string | undefined => (WORDS as Partial<Record<string, string>>)[action];
