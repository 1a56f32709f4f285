import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../../project/project.view.js';
import { type ConsentOptions, YES } from '../terminal/consent.js';
import { type ManageOptions, ReplicatedCommand } from './manage.command.js';
import { projectFields } from './project.output.js';
import { PROJECT_ARGUMENT } from './resource.arguments.js';

@SubCommand({
  name: 'activate',
  ...PROJECT_ARGUMENT,
  description: 'activate a project: its tokens work again',
})
export class ProjectActivate extends ReplicatedCommand {
  override readonly examples = ['manage project activate my-project'];

  async run([project]: string[], options: ManageOptions): Promise<void> {
    const idOf = this.input.projectArgument(project);
    await this.callAndPrint(
      options,
      async (api) => api.patch<ProjectView>(`projects/${await idOf(api)}`, { is_active: true }),
      projectFields,
    );
  }
}

interface DeactivateOptions extends ManageOptions, ConsentOptions {
  revokeTokens?: true;
}

const REVOKING = 'this revokes all tokens of the project';

@SubCommand({
  name: 'deactivate',
  ...PROJECT_ARGUMENT,
  description: 'deactivate a project: refuse its tokens and end their streams',
})
export class ProjectDeactivate extends ReplicatedCommand {
  override readonly examples = [
    'manage project deactivate my-project',
    'manage project deactivate my-project --revoke-tokens --yes',
  ];

  async run([project]: string[], options: DeactivateOptions): Promise<void> {
    const { revokeTokens } = options;
    const idOf = this.input.projectArgument(project);
    if (revokeTokens) this.input.consent.assertPossible(options, REVOKING);
    await this.callAndPrint(
      options,
      async (api) => {
        const id = await idOf(api);
        if (revokeTokens) await this.input.consent.ask(options, 'This revokes all tokens of the project.');
        return api.patch<ProjectView>(`projects/${id}`, { is_active: false, revoke_tokens: revokeTokens });
      },
      projectFields,
    );
  }

  @Option({
    flags: '--revoke-tokens',
    description: 'also revoke its tokens; activating the project does not restore them',
  })
  parseRevokeTokens(): true {
    return true;
  }

  @Option({ ...YES, description: 'do not ask for confirmation of --revoke-tokens' })
  parseYes(): true {
    return true;
  }
}

const DESTROYING = 'this revokes the tokens of the project and destroys its upstream key';

@SubCommand({
  name: 'delete',
  aliases: ['rm'],
  ...PROJECT_ARGUMENT,
  description: 'delete a project: revoke its tokens and destroy its upstream key',
})
export class ProjectDelete extends ReplicatedCommand {
  override readonly examples = ['manage project delete my-project', 'manage project delete my-project --yes'];

  async run([project]: string[], options: ManageOptions & ConsentOptions): Promise<void> {
    const idOf = this.input.projectArgument(project);
    this.input.consent.assertPossible(options, DESTROYING);
    await this.callAndPrint(
      options,
      async (api) => {
        const id = await idOf(api);
        if (!options.yes) await this.confirm(options, await api.get<ProjectView>(`projects/${id}`));
        await api.delete(`projects/${id}`);
        return { deleted: true, id };
      },
      ({ id }) => `Deleted project ${id}.`,
    );
  }

  private async confirm(options: ConsentOptions, { name }: ProjectView): Promise<void> {
    const effect = `This revokes the tokens of ${name} and destroys its upstream key. It cannot be undone.`;
    await this.input.consent.ask(options, effect, name);
  }

  @Option(YES)
  parseYes(): true {
    return true;
  }
}
