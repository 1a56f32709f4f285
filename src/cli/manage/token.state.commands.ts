import { Option, SubCommand } from 'nest-commander';
import type { RevokedTokens, TokenView } from '../../token/token.dto.js';
import { ManageCommand, type ManageOptions, ReplicatedCommand } from './manage.command.js';
import { uuid } from '../terminal/option.values.js';
import { tokenPath } from './resource.paths.js';
import { revocation, tokenFields } from './token.output.js';

@SubCommand({ name: 'get', arguments: '<id>', description: 'show a token without its secret' })
export class TokenGet extends ManageCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = tokenPath(id);
    await this.callAndPrint(options, (api) => api.get<TokenView>(path), tokenFields);
  }
}

@SubCommand({ name: 'revoke', arguments: '<id>', description: 'revoke a token and end its streams' })
export class TokenRevoke extends ReplicatedCommand {
  async run([id]: string[], options: ManageOptions): Promise<void> {
    const path = tokenPath(id);
    await this.callAndPrint(
      options,
      async (api) => api.delete(path).then(() => ({ revoked: true, id })),
      () => `Revoked token ${id}.`,
    );
  }
}

@SubCommand({ name: 'revoke-all', description: 'revoke all tokens of a project' })
export class TokenRevokeAll extends ReplicatedCommand {
  async run(_: string[], { projectId, ...options }: ManageOptions & { projectId: string }): Promise<void> {
    await this.callAndPrint(
      options,
      (api) => api.post<RevokedTokens>(`projects/${projectId}/tokens/revoke`),
      revocation,
    );
  }

  @Option({ flags: '--project-id <id>', description: 'project of the tokens', required: true })
  parseProject(value: string): string {
    return uuid('--project-id', value);
  }
}
