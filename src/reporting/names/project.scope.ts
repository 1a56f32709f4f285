import { type Actor, sees } from '../../common/values/actor.js';

/** The part of a filter that says of which projects it is. */
export interface ProjectScope {
  readonly projectId?: string;
  readonly projectIds?: readonly string[];
}

/** A filter of what exists for the actor: nothing when it names a project that does not. */
export function scopeOf(actor: Actor, projectId: string | undefined): ProjectScope {
  if (projectId !== undefined) return sees(actor, projectId) ? { projectId } : { projectIds: [] };
  if (actor.projects === undefined) return {};
  const [first, ...others] = actor.projects;
  // The database looks for one project in the text of events; several are compared event by event.
  return first !== undefined && others.length === 0 ? { projectId: first } : { projectIds: [...actor.projects] };
}

/** Whether a request of this project, or of none, exists for the actor. */
export const seesRequest = (actor: Actor, { project_id: id }: { readonly project_id?: string }): boolean =>
  actor.projects === undefined || (id !== undefined && sees(actor, id));
