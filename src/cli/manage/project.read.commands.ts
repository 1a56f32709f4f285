import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../../project/project.view.js';
import { ListCommand, type ListOptions, ManageCommand, type ManageOptions } from './manage.command.js';
import { projectFields, projectTable } from './project.output.js';
import { PROJECT_ARGUMENT } from './resource.arguments.js';

@SubCommand({ name: 'list', aliases: ['ls'], description: 'list projects, sorted by name' })
export class ProjectList extends ListCommand {
  override readonly examples = ['manage project list', 'manage project list --json'];

  async run(_: string[], options: ListOptions & { includeDeleted?: true }): Promise<void> {
    const query = { includeDeleted: options.includeDeleted };
    await this.callAndPrint(options, (api) => api.list<ProjectView>('projects', query, options), projectTable);
  }

  @Option({ flags: '--include-deleted', description: 'include deleted projects' })
  parseIncludeDeleted(): true {
    return true;
  }
}

@SubCommand({ name: 'get', aliases: ['show'], ...PROJECT_ARGUMENT, description: 'show a project' })
export class ProjectGet extends ManageCommand {
  override readonly examples = ['manage project get my-project', 'manage project get my-project --json'];

  async run([project]: string[], options: ManageOptions): Promise<void> {
    const idOf = this.input.projectArgument(project);
    await this.callAndPrint(options, async (api) => api.get<ProjectView>(`projects/${await idOf(api)}`), projectFields);
  }
}
