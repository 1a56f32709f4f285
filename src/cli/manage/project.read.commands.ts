import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../../project/project.dto.js';
import { ListCommand, type ListOptions, ManageCommand, type ManageOptions } from './manage.command.js';
import { projectFields, projectTable } from './project.output.js';
import { projectPath } from './resource.paths.js';

@SubCommand({ name: 'list', description: 'list projects, sorted by name' })
export class ProjectList extends ListCommand {
  async run(_: string[], options: ListOptions & { includeDeleted?: true }): Promise<void> {
    const query = { includeDeleted: options.includeDeleted };
    await this.callAndPrint(options, (api) => api.list<ProjectView>('projects', query, options), projectTable);
  }

  @Option({ flags: '--include-deleted', description: 'include deleted projects' })
  parseIncludeDeleted(): true {
    return true;
  }
}

@SubCommand({ name: 'get', arguments: '<id>', description: 'show a project' })
export class ProjectGet extends ManageCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = projectPath(id);
    await this.callAndPrint(options, (api) => api.get<ProjectView>(path), projectFields);
  }
}
