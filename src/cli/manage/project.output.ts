import type { ProjectView } from '../../project/project.view.js';
import { fieldTime, tableTime } from '../terminal/relative.time.js';
import { fields, table, yesNo } from '../terminal/table.js';
import type { Screen } from '../terminal/terminal.js';
import { limitLines } from './projects/project.limits.options.js';
import { boundsLines } from './fields/bounds.options.js';
import { describedLines } from './fields/described.options.js';
import { tableId } from './resource.id.js';

const state = (project: ProjectView): string => (project.deleted_at ? 'deleted' : yesNo(project.is_active));

export function projectTable(projects: readonly ProjectView[], screen: Screen): string {
  if (projects.length === 0) return 'There are no projects.';
  const rows = projects.map((project) => [
    tableId(project.id, screen),
    project.name,
    project.api_key,
    state(project),
    project.base_url,
    tableTime(project.created_at, screen),
  ]);
  return table(['ID', 'NAME', 'API KEY', 'ACTIVE', 'BASE URL', 'CREATED'], rows, screen, ['NAME', 'BASE URL']);
}

export const projectFields = (project: ProjectView, screen: Screen): string =>
  fields([
    ['Id', project.id],
    ['Name', project.name],
    ['API key', project.api_key],
    ['Base URL', project.base_url],
    ['Provider', project.provider],
    ['Active', state(project)],
    ...limitLines(project),
    ...describedLines(project),
    ...boundsLines(project),
    ['Created', fieldTime(project.created_at, screen)],
    ['Updated', fieldTime(project.updated_at, screen)],
  ]);
