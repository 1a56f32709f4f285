import { Option, SubCommand } from 'nest-commander';
import { MAX_REVOKED } from '../../../common/values/limits.js';
import type { RevokedByIds } from '../../../token/revocation/revoke.dto.js';
import type { TokenView } from '../../../token/token.view.js';
import { CliError, EXIT_CODE, usageError } from '../../terminal/cli.error.js';
import { YES } from '../../terminal/consent.js';
import { noSecret } from '../../terminal/option.values.js';
import { type ManageOptions, ReplicatedCommand } from '../manage.command.js';
import type { ManagementClient } from '../management.client.js';
import { tokenId } from '../resource.lookup.js';
import { revocationByIds } from '../token.output.js';

interface RevokeOptions extends ManageOptions {
  secretFile?: string;
}

/** Asks nothing: `token update --active true` restores the token, and a leaked one must go at once. */
@SubCommand({
  name: 'revoke',
  aliases: ['rm', 'delete'],
  arguments: '[tokens...]',
  argsDescription: { tokens: 'ids or their beginnings, display forms, or names that only one token has' },
  description: 'revoke tokens and end their streams; `update --active true` restores one',
})
export class TokenRevoke extends ReplicatedCommand {
  override readonly examples = [
    'manage token revoke nightly-job --wait-replicas',
    'manage token revoke --secret-file ./leaked.txt',
  ];

  async run(tokens: string[], { secretFile, ...options }: RevokeOptions): Promise<void> {
    if (secretFile !== undefined && tokens.length > 0)
      throw usageError('<tokens> and --secret-file exclude each other');
    if (secretFile === undefined && tokens.length === 0) throw usageError("missing required argument 'tokens'");
    for (const token of tokens) noSecret('<tokens>', token);
    if (tokens.length > 1) return this.revokeAll(tokens, options);
    const secret = secretFile === undefined ? undefined : await this.input.tokenSecret(secretFile);
    await this.callAndPrint(
      options,
      async (api) => {
        const id = secret === undefined ? await tokenId(api, tokens[0]!) : await idOfSecret(api, secret);
        await api.delete(`tokens/${id}`);
        return { revoked: true, id };
      },
      ({ id }) => `Revoked token ${id}.`,
    );
  }

  /** A name without a token ends it before anything is revoked. An unknown id does not stop the others. */
  private async revokeAll(tokens: readonly string[], options: ManageOptions): Promise<void> {
    if (tokens.length > MAX_REVOKED) throw usageError(`give at most ${MAX_REVOKED} tokens`);
    const { not_found: missing } = await this.callAndPrint(
      options,
      async (api) => {
        const ids = new Set<string>();
        for (const token of tokens) ids.add((await tokenId(api, token)).toLowerCase());
        return api.post<RevokedByIds>('tokens/revoke', { ids: [...ids] });
      },
      revocationByIds,
    );
    if (missing.length > 0)
      throw new CliError(EXIT_CODE.failed, 'token_not_found', `there is no token with the id ${missing.join(', ')}`);
  }

  @Option({
    flags: '--secret-file <path>',
    description: 'file with the secret of the token, or - to read a line from standard input',
  })
  parseSecretFile(value: string): string {
    return value;
  }

  @Option({ ...YES, description: 'accepted for scripts; the command does not ask' })
  parseYes(): true {
    return true;
  }
}

const idOfSecret = async (api: ManagementClient, token: string): Promise<string> =>
  (await api.post<TokenView>('tokens/lookup', { token })).id;
