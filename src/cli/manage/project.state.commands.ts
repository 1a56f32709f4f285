import { Option, SubCommand } from 'nest-commander';
import type { ProjectView } from '../../project/project.dto.js';
import { type ManageOptions, ReplicatedCommand } from './manage.command.js';
import { projectFields } from './project.output.js';
import { projectPath } from './resource.paths.js';

@SubCommand({ name: 'activate', arguments: '<id>', description: 'activate a project: its tokens work again' })
export class ProjectActivate extends ReplicatedCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = projectPath(id);
    await this.callAndPrint(options, (api) => api.patch<ProjectView>(path, { is_active: true }), projectFields);
  }
}

@SubCommand({
  name: 'deactivate',
  arguments: '<id>',
  description: 'deactivate a project: refuse its tokens and end their streams',
})
export class ProjectDeactivate extends ReplicatedCommand {
  async run([id]: string[], options: ManageOptions & { revokeTokens?: true }): Promise<void> {
    const path = projectPath(id);
    const change = { is_active: false, revoke_tokens: options.revokeTokens };
    await this.callAndPrint(options, (api) => api.patch<ProjectView>(path, change), projectFields);
  }

  @Option({
    flags: '--revoke-tokens',
    description: 'also revoke its tokens; activating the project does not restore them',
  })
  parseRevokeTokens(): true {
    return true;
  }
}

@SubCommand({
  name: 'delete',
  arguments: '<id>',
  description: 'delete a project: revoke its tokens and destroy its upstream key',
})
export class ProjectDelete extends ReplicatedCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = projectPath(id);
    await this.callAndPrint(
      options,
      async (api) => api.delete(path).then(() => ({ deleted: true, id })),
      () => `Deleted project ${id}.`,
    );
  }
}
