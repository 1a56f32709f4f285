import type { ProjectView } from '../../project/project.view.js';
import type { Screen } from '../terminal/terminal.js';
import type { ManagementClient } from './management.client.js';

const SHOWN = 8;

/** An id in a table: on a screen its beginning, which commands accept in its place. */
export const tableId = (id: string, { width }: Screen): string => (width === undefined ? id : id.slice(0, SHOWN));

/** The name of a project for its id. */
export type ProjectName = (id: string) => string;

/** On a screen projects are shown by name, which costs a call. Elsewhere by id. */
export async function projectNames({ width }: Screen, api: ManagementClient): Promise<ProjectName> {
  if (width === undefined) return (id) => id;
  const all = await api.list<ProjectView>('projects', { includeDeleted: true }, {});
  const names = new Map(all.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
