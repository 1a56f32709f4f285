import { Option, SubCommand } from 'nest-commander';
import type { TokenView } from '../../../token/token.view.js';
import { usageError } from '../../terminal/cli.error.js';
import { noSecret } from '../../terminal/option.values.js';
import { ManageCommand, type ManageOptions } from '../manage.command.js';
import { tokenId } from '../resource.lookup.js';
import { tokenFields } from '../token.output.js';

@SubCommand({
  name: 'find',
  arguments: '[token]',
  argsDescription: { token: 'display form such as sk-wt-AbCd…wXyZ, name or id; without it a secret is asked for' },
  description: 'find a token by its secret, display form or name',
})
export class TokenFind extends ManageCommand {
  override readonly examples = ['manage token find', 'manage token find --secret-file ./leaked.txt'];

  async run([token]: string[], { secretFile, ...options }: ManageOptions & { secretFile?: string }): Promise<void> {
    if (token !== undefined && secretFile !== undefined)
      throw usageError('<token> and --secret-file exclude each other');
    if (token !== undefined) noSecret('<token>', token);
    const secret = token === undefined ? await this.input.tokenSecret(secretFile) : undefined;
    await this.callAndPrint(
      options,
      async (api) => {
        if (secret !== undefined) return api.post<TokenView>('tokens/lookup', { token: secret });
        return api.get<TokenView>(`tokens/${await tokenId(api, token!)}`);
      },
      tokenFields,
    );
  }

  @Option({
    flags: '--secret-file <path>',
    description: 'file with the secret, or - to read a line from standard input',
  })
  parseSecretFile(value: string): string {
    return value;
  }
}
