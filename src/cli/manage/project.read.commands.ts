import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../../project/project.view.js';
import { noSecret } from '../terminal/option.values.js';
import { LABEL_FILTER, labelFilter, OWNER_FILTER } from './fields/described.options.js';
import { ListCommand, type ListOptions, ManageCommand, type ManageOptions } from './manage.command.js';
import { projectFields, projectTable } from './project.output.js';
import { PROJECT_ARGUMENT } from './resource.arguments.js';

interface ProjectListOptions extends ListOptions {
  includeDeleted?: true;
  label?: readonly string[];
  owner?: string;
}

@SubCommand({ name: 'list', aliases: ['ls'], description: 'list projects, sorted by name' })
export class ProjectList extends ListCommand {
  override readonly examples = [
    'manage project list',
    'manage project list --label team=search',
    'manage project list --json',
  ];

  async run(_: string[], options: ProjectListOptions): Promise<void> {
    const { includeDeleted, label, owner } = options;
    const query = { includeDeleted, label, owner };
    await this.callAndPrint(options, (api) => api.list<ProjectView>('projects', query, options), projectTable);
  }

  @Option(LABEL_FILTER)
  parseLabel(value: string, before?: readonly string[]): readonly string[] {
    return labelFilter(value, before);
  }

  @Option(OWNER_FILTER)
  parseOwner(value: string): string {
    return noSecret('--owner', value);
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
