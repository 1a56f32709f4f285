import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../../project/project.dto.js';
import { type ManageOptions, ReplicatedCommand } from './manage.command.js';
import { projectFields } from './project.output.js';
import { projectPath } from './resource.paths.js';

@SubCommand({ name: 'activate', arguments: '<id>', description: 'let the tokens of a project work again' })
export class ProjectActivate extends ReplicatedCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = projectPath(id);
    await this.answer(options, (api) => api.patch<ProjectView>(path, { is_active: true }), projectFields);
  }
}

@SubCommand({
  name: 'deactivate',
  arguments: '<id>',
  description: 'refuse all tokens of a project and end their streams',
})
export class ProjectDeactivate extends ReplicatedCommand {
  async run([id]: string[], options: ManageOptions & { revokeTokens?: true }): Promise<void> {
    const path = projectPath(id);
    const change = { is_active: false, revoke_tokens: options.revokeTokens };
    await this.answer(options, (api) => api.patch<ProjectView>(path, change), projectFields);
  }

  @Option({ flags: '--revoke-tokens', description: 'revoke its tokens for good, too' })
  parseRevokeTokens(): true {
    return true;
  }
}

@SubCommand({
  name: 'delete',
  arguments: '<id>',
  description: 'delete a project: tokens revoked, upstream key destroyed',
})
export class ProjectDelete extends ReplicatedCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = projectPath(id);
    await this.answer(
      options,
      async (api) => api.delete(path).then(() => ({ deleted: true, id })),
      () => `Deleted project ${id}.`,
    );
  }
}
