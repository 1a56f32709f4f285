import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../project/project.dto.js';
import { usage } from './cli.error.js';
import { ListCommand, type ListOptions, ManageCommand, type ManageOptions } from './manage.command.js';
import { notEmpty, trueOrFalse, uuid } from './option.values.js';
import { projectFields, projectTable } from './project.output.js';

const KEY = 'OpenAI key';
const at = (id: string | undefined): string => `projects/${uuid('<id>', id)}`;

@SubCommand({ name: 'list', description: 'list projects by name' })
export class ProjectList extends ListCommand {
  async run(_: string[], options: ListOptions & { includeDeleted?: true }): Promise<void> {
    const query = { includeDeleted: options.includeDeleted };
    await this.answer(options, (api) => api.list<ProjectView>('projects', query, options), projectTable);
  }

  @Option({ flags: '--include-deleted', description: 'deleted projects too' })
  parseIncludeDeleted(): true {
    return true;
  }
}

@SubCommand({ name: 'get', arguments: '<id>', description: 'show a project' })
export class ProjectGet extends ManageCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = at(id);
    await this.answer(options, (api) => api.get<ProjectView>(path), projectFields);
  }
}

interface ProjectOptions extends ManageOptions {
  name?: string;
  openaiKeyFile?: string;
  baseUrl?: string;
}

@SubCommand({ name: 'create', description: 'create a project; its OpenAI key is asked for, or read from a pipe' })
export class ProjectCreate extends ManageCommand {
  async run(_: string[], { name, openaiKeyFile, baseUrl, ...options }: ProjectOptions): Promise<void> {
    await this.answer(
      options,
      async (api) =>
        api.post<ProjectView>('projects', {
          name,
          api_key: await this.secrets.read(KEY, openaiKeyFile),
          base_url: baseUrl,
        }),
      projectFields,
    );
  }

  @Option({ flags: '--name <name>', description: 'unique, 1 to 120 characters', required: true })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({
    flags: '--openai-key-file <path>',
    description: 'file with the upstream key, - for a line of standard input',
  })
  parseKeyFile(value: string): string {
    return value;
  }

  @Option({ flags: '--base-url <url>', description: 'another upstream than OPENAI_API_URL' })
  parseUpstream(value: string): string {
    return notEmpty('--base-url', value);
  }
}

@SubCommand({ name: 'update', arguments: '<id>', description: 'change a project' })
export class ProjectUpdate extends ManageCommand {
  async run(
    [id]: string[],
    { name, openaiKeyFile, baseUrl, active, ...options }: ProjectOptions & { active?: boolean },
  ): Promise<void> {
    const path = at(id);
    if ([name, openaiKeyFile, baseUrl, active].every((change) => change === undefined))
      throw usage('there is nothing to change');
    await this.answer(
      options,
      async (api) => {
        const upstream = baseUrl === 'default' ? null : baseUrl;
        const key = openaiKeyFile === undefined ? {} : { api_key: await this.secrets.read(KEY, openaiKeyFile) };
        return api.patch<ProjectView>(path, { name, ...key, base_url: upstream, is_active: active });
      },
      projectFields,
    );
  }

  @Option({ flags: '--name <name>', description: 'a new name' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({
    flags: '--openai-key-file <path>',
    description: 'file with a new upstream key, - for a line of standard input',
  })
  parseKeyFile(value: string): string {
    return value;
  }

  @Option({ flags: '--base-url <url>', description: 'another upstream; default returns to OPENAI_API_URL' })
  parseUpstream(value: string): string {
    return notEmpty('--base-url', value);
  }

  @Option({ flags: '--active <true|false>', description: 'whether its tokens work' })
  parseActive(value: string): boolean {
    return trueOrFalse('--active', value);
  }
}
