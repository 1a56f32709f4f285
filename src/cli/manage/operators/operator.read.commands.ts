import { Option, SubCommand } from 'nest-commander';
import type { OperatorView, WhoAmI as Holder } from '../../../operator/operator.view.js';
import { YES } from '../../terminal/consent.js';
import {
  ListCommand,
  type ListOptions,
  ManageCommand,
  type ManageOptions,
  ReplicatedCommand,
} from '../manage.command.js';
import { OPERATOR_ARGUMENT } from '../resource.arguments.js';
import { operatorId } from './operator.commands.js';
import { holderFields, operatorFields, operatorTable } from './operator.output.js';

@SubCommand({ name: 'list', aliases: ['ls'], description: 'list operators, sorted by name' })
export class OperatorList extends ListCommand {
  override readonly examples = ['manage operator list', 'manage operator list --json'];

  async run(_: string[], options: ListOptions): Promise<void> {
    await this.callAndPrint(options, (api) => api.list<OperatorView>('operators', {}, options), operatorTable);
  }
}

@SubCommand({
  name: 'get',
  aliases: ['show'],
  ...OPERATOR_ARGUMENT,
  description: 'show an operator without its credential',
})
export class OperatorGet extends ManageCommand {
  override readonly examples = ['manage operator get ana', 'manage operator get ana --json'];

  async run([operator = '']: string[], options: ManageOptions): Promise<void> {
    await this.callAndPrint(
      options,
      async (api) => api.get<OperatorView>(`operators/${await operatorId(api, operator)}`),
      operatorFields,
    );
  }
}

/** Asks nothing: `operator update --active true` restores the operator, and a leaked credential must go at once. */
@SubCommand({
  name: 'revoke',
  aliases: ['rm', 'delete'],
  ...OPERATOR_ARGUMENT,
  description: 'revoke an operator; `update --active true` restores it',
})
export class OperatorRevoke extends ReplicatedCommand {
  override readonly examples = ['manage operator revoke ana', 'manage operator revoke ana --wait-replicas'];

  async run([operator = '']: string[], options: ManageOptions): Promise<void> {
    await this.callAndPrint(
      options,
      async (api) => {
        const id = await operatorId(api, operator);
        await api.delete(`operators/${id}`);
        return { revoked: true, id };
      },
      ({ id }) => `Revoked operator ${id}.`,
    );
  }

  @Option({ ...YES, description: 'accepted for scripts; the command does not ask' })
  parseYes(): true {
    return true;
  }
}

@SubCommand({ name: 'whoami', description: 'show whose credential this is, with its role and projects' })
export class WhoAmI extends ManageCommand {
  override readonly examples = ['manage whoami', 'manage whoami --json'];
  protected override readonly docs = 'docs/security/access.md';

  async run(_: string[], options: ManageOptions): Promise<void> {
    await this.callAndPrint(options, async (api) => api.get<Holder>('whoami'), holderFields);
  }
}
