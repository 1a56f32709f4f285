import type { ProjectView } from '../../project/project.dto.js';
import { fields, table, yesNo } from '../terminal/table.js';

const state = (project: ProjectView): string => (project.deleted_at ? 'deleted' : yesNo(project.is_active));

export function projectTable(projects: readonly ProjectView[]): string {
  if (projects.length === 0) return 'There are no projects.';
  const rows = projects.map((project) => [
    project.id,
    project.name,
    project.api_key,
    state(project),
    project.base_url,
    project.created_at,
  ]);
  return table(['ID', 'NAME', 'API KEY', 'ACTIVE', 'BASE URL', 'CREATED'], rows);
}

export const projectFields = (project: ProjectView): string =>
  fields([
    ['Id', project.id],
    ['Name', project.name],
    ['API key', project.api_key],
    ['Base URL', project.base_url],
    ['Provider', project.provider],
    ['Active', state(project)],
    ['Created', project.created_at],
    ['Updated', project.updated_at],
  ]);
