import { Option, SubCommand } from 'nest-commander';
import type { RevokedTokens, TokenView } from '../../token/token.view.js';
import { type ConsentOptions, YES } from '../terminal/consent.js';
import { ManageCommand, type ManageOptions, ReplicatedCommand } from './manage.command.js';
import { notEmpty } from '../terminal/option.values.js';
import { PROJECT_FLAGS, TOKEN_ARGUMENT } from './resource.arguments.js';
import { tokenId } from './resource.lookup.js';
import { revocation, tokenFields } from './token.output.js';

@SubCommand({ name: 'get', aliases: ['show'], ...TOKEN_ARGUMENT, description: 'show a token without its secret' })
export class TokenGet extends ManageCommand {
  override readonly examples = ['manage token get nightly-job', 'manage token get nightly-job --json'];

  async run([token = '']: string[], options: ManageOptions): Promise<void> {
    await this.callAndPrint(
      options,
      async (api) => api.get<TokenView>(`tokens/${await tokenId(api, token)}`),
      tokenFields,
    );
  }
}

interface RevokeAllOptions extends ManageOptions, ConsentOptions {
  projectId?: string;
}

@SubCommand({ name: 'revoke-all', description: 'revoke all tokens of a project' })
export class TokenRevokeAll extends ReplicatedCommand {
  override readonly examples = [
    'manage token revoke-all --project my-project',
    'manage token revoke-all --project my-project --yes',
  ];

  async run(_: string[], { projectId, ...options }: RevokeAllOptions): Promise<void> {
    const idOf = this.input.projectOption(projectId);
    this.input.consent.assertPossible(options, 'this revokes all tokens of the project');
    await this.callAndPrint(
      options,
      async (api) => {
        const id = await idOf(api);
        await this.input.consent.ask(options, 'This revokes all tokens of the project and ends their streams.');
        return api.post<RevokedTokens>(`projects/${id}/tokens/revoke`);
      },
      revocation,
    );
  }

  @Option({ flags: PROJECT_FLAGS, description: 'project of the tokens, by id or name; asked for at a terminal' })
  parseProject(value: string): string {
    return notEmpty('--project', value);
  }

  @Option(YES)
  parseYes(): true {
    return true;
  }
}
