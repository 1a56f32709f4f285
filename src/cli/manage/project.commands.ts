import { Option, SubCommand } from 'nest-commander';
import type { CheckView, ProjectView } from '../../project/project.view.js';
import { usageError } from '../terminal/cli.error.js';
import { boundsFieldsOf, changedBoundsFields } from './fields/bounds.options.js';
import {
  changedLabels,
  describedFieldsOf,
  type LabelChange,
  labelsField,
  REMOVE_LABEL,
  removedLabel,
} from './fields/described.options.js';
import { ProjectChangeCommand, type ProjectFieldOptions } from './projects/project.change.command.js';
import { notEmpty, trueOrFalse } from '../terminal/option.values.js';
import { assertOk, checkFields, checkOfNew } from './project.check.command.js';
import { projectFields } from './project.output.js';
import type { Screen } from '../terminal/terminal.js';
import { createdProjectHint } from './next.hints.js';
import { projectLimitsOf } from './projects/project.limits.options.js';
import { WAIT_REPLICAS } from './replica.wait.js';
import { PROJECT_ARGUMENT } from './resource.arguments.js';

/** `default` removes the project's own value. An option parser cannot return `null`: commander takes it for a missing value. */
const orDefault = (value: string | undefined): string | null | undefined => (value === 'default' ? null : value);

/** A new project, and with `--check` what its upstream says of the key. */
type Created = ProjectView & { check?: CheckView };

const createdFields = (created: Created, screen: Screen): string =>
  created.check ? `${projectFields(created, screen)}\n\n${checkFields(created.check)}` : projectFields(created, screen);

interface ProjectOptions extends ProjectFieldOptions {
  name?: string;
  openaiKeyFile?: string;
  baseUrl?: string;
  provider?: string;
}

interface UpdateOptions extends ProjectOptions {
  active?: boolean;
  removeLabel?: LabelChange;
}

/** The fields that need no look at the stored project. */
const updateOf = ({ name, baseUrl, provider, active, ...options }: UpdateOptions) => ({
  name,
  base_url: orDefault(baseUrl),
  provider: orDefault(provider),
  is_active: active,
  ...describedFieldsOf(options),
  ...projectLimitsOf(options),
});

@SubCommand({ name: 'create', description: 'create a project; its OpenAI key comes from a prompt, file or pipe' })
export class ProjectCreate extends ProjectChangeCommand {
  override readonly examples = [
    'manage project create --name my-project',
    'manage project create --name my-project --openai-key-file ./openai.key --check',
    'manage project create --name my-project --label team=search --token-maximum duration=30d',
  ];

  async run(
    _: string[],
    { name, openaiKeyFile, baseUrl, provider, check, label, ...options }: ProjectOptions & { check?: true },
  ): Promise<void> {
    const projectName = await this.input.projectName(name);
    const created = await this.callAndPrint(
      options,
      async (api): Promise<Created> => {
        const project = await api.post<ProjectView>('projects', {
          name: projectName,
          api_key: await this.input.openaiKey(openaiKeyFile),
          base_url: baseUrl,
          provider,
          labels: label && changedLabels({}, label),
          ...describedFieldsOf(options),
          ...projectLimitsOf(options),
          ...boundsFieldsOf(options),
        });
        return check ? { ...project, check: await checkOfNew(api, project.id) } : project;
      },
      createdFields,
    );
    if (created.check) assertOk(created.check);
    if (!options.json) this.terminal.hint(createdProjectHint(created));
  }

  @Option({ flags: '--check', description: 'check the key with one request to the upstream; exit code 1 if it fails' })
  parseCheck(): true {
    return true;
  }

  @Option({ flags: '--name <name>', description: 'unique name, 1 to 120 characters; asked for at a terminal' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({
    flags: '--openai-key-file <path>',
    description: 'file with the upstream key, or - to read a line from standard input',
  })
  parseKeyFile(value: string): string {
    return value;
  }

  @Option({ flags: '--base-url <url>', description: 'base URL of the upstream (default: that of the provider)' })
  parseUpstream(value: string): string {
    return notEmpty('--base-url', value);
  }

  @Option({
    flags: '--provider <name>',
    description: 'a provider of the API_CONFIG_PATH file (default: the default provider)',
  })
  parseProvider(value: string): string {
    return notEmpty('--provider', value);
  }
}

@SubCommand({ name: 'update', ...PROJECT_ARGUMENT, description: 'change a project' })
export class ProjectUpdate extends ProjectChangeCommand {
  override readonly examples = [
    'manage project update my-project --name search',
    'manage project update my-project --openai-key-file ./new.key --wait-replicas',
    'manage project update my-project --max-requests-per-day 10000 --max-concurrent 20',
    'manage project update my-project --token-maximum max-requests=1000 --remove-label team',
  ];

  async run([project]: string[], { openaiKeyFile, label, removeLabel, ...options }: UpdateOptions): Promise<void> {
    const idOf = this.input.projectArgument(project);
    const { tokenDefault, tokenMaximum } = options;
    const body = updateOf(options);
    const changes = [openaiKeyFile, label, removeLabel, tokenDefault, tokenMaximum, ...Object.values(body)];
    if (changes.every((change) => change === undefined))
      throw usageError('nothing to change: give at least one option that changes the project');
    await this.callAndPrint(
      options,
      async (api) => {
        const path = `projects/${await idOf(api)}`;
        const key = openaiKeyFile === undefined ? {} : { api_key: await this.input.openaiKey(openaiKeyFile) };
        return api.patch<ProjectView>(path, {
          ...body,
          ...key,
          ...(await labelsField(api, path, label, removeLabel)),
          ...(await changedBoundsFields(api, path, options)),
        });
      },
      projectFields,
    );
  }

  @Option({ flags: '--name <name>', description: 'new name' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({
    flags: '--openai-key-file <path>',
    description: 'file with the new upstream key, or - to read a line from standard input',
  })
  parseKeyFile(value: string): string {
    return value;
  }

  @Option({
    flags: '--base-url <url>',
    description: 'new base URL of the upstream; "default" restores that of the provider',
  })
  parseUpstream(value: string): string {
    return notEmpty('--base-url', value);
  }

  @Option({ flags: '--provider <name>', description: 'new provider; "default" restores the default provider' })
  parseProvider(value: string): string {
    return notEmpty('--provider', value);
  }

  @Option(REMOVE_LABEL)
  parseRemoveLabel(value: string, before?: LabelChange): LabelChange {
    return removedLabel(value, before);
  }

  @Option({ flags: '--active <true|false>', description: 'activate or deactivate the project' })
  parseActive(value: string): boolean {
    return trueOrFalse('--active', value);
  }

  @Option(WAIT_REPLICAS)
  parseWaitReplicas(): true {
    return true;
  }
}
