import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../../project/project.dto.js';
import { usage } from '../terminal/cli.error.js';
import { ManageCommand, type ManageOptions, ReplicatedCommand } from './manage.command.js';
import { notEmpty, trueOrFalse } from '../terminal/option.values.js';
import { projectFields } from './project.output.js';
import { projectPath } from './resource.paths.js';

const KEY = 'OpenAI key';
/** `default` gives up an own value. Not `null`, which commander takes for the lack of an answer. */
const orDefault = (value: string | undefined): string | null | undefined => (value === 'default' ? null : value);

interface ProjectOptions extends ManageOptions {
  name?: string;
  openaiKeyFile?: string;
  baseUrl?: string;
  provider?: string;
}

@SubCommand({ name: 'create', description: 'create a project; its OpenAI key is asked for, or read from a pipe' })
export class ProjectCreate extends ManageCommand {
  async run(_: string[], { name, openaiKeyFile, baseUrl, provider, ...options }: ProjectOptions): Promise<void> {
    await this.answer(
      options,
      async (api) =>
        api.post<ProjectView>('projects', {
          name,
          api_key: await this.secrets.read(KEY, openaiKeyFile),
          base_url: baseUrl,
          provider,
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

  @Option({ flags: '--provider <name>', description: 'one of API_CONFIG_PATH (default: the standard one)' })
  parseProvider(value: string): string {
    return notEmpty('--provider', value);
  }
}

@SubCommand({ name: 'update', arguments: '<id>', description: 'change a project' })
export class ProjectUpdate extends ReplicatedCommand {
  async run(
    [id]: string[],
    { name, openaiKeyFile, baseUrl, provider, active, ...options }: ProjectOptions & { active?: boolean },
  ): Promise<void> {
    const path = projectPath(id);
    if ([name, openaiKeyFile, baseUrl, provider, active].every((change) => change === undefined))
      throw usage('there is nothing to change');
    await this.answer(
      options,
      async (api) => {
        const key = openaiKeyFile === undefined ? {} : { api_key: await this.secrets.read(KEY, openaiKeyFile) };
        return api.patch<ProjectView>(path, {
          name,
          ...key,
          base_url: orDefault(baseUrl),
          provider: orDefault(provider),
          is_active: active,
        });
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

  @Option({ flags: '--provider <name>', description: 'one of API_CONFIG_PATH; default returns to the standard one' })
  parseProvider(value: string): string {
    return notEmpty('--provider', value);
  }

  @Option({ flags: '--active <true|false>', description: 'whether its tokens work' })
  parseActive(value: string): boolean {
    return trueOrFalse('--active', value);
  }
}
