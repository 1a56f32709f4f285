import { Option, SubCommand } from 'nest-commander';
import type { CreatedToken, TokenView } from '../../token/token.view.js';
import { usageError } from '../terminal/cli.error.js';
import {
  changedLabels,
  type LabelChange,
  labelsField,
  REMOVE_LABEL,
  removedLabel,
} from './fields/described.options.js';
import { type Cap, cap, minutes, notEmpty, trueOrFalse } from '../terminal/option.values.js';
import { WAIT_REPLICAS } from './replica.wait.js';
import { CREATED_TOKEN_HINT } from './next.hints.js';
import { PROJECT_FLAGS, TOKEN_ARGUMENT } from './resource.arguments.js';
import { tokenId } from './resource.lookup.js';
import { TokenChangeCommand, type TokenChangeOptions, tokenFieldsOf } from './token.change.command.js';
import { newToken, tokenFields } from './token.output.js';

interface UpdateOptions extends TokenChangeOptions {
  active?: boolean;
  removeLabel?: LabelChange;
}

interface GenerateOptions extends TokenChangeOptions {
  projectId?: string;
  duration?: number;
}

@SubCommand({
  name: 'generate',
  aliases: ['create'],
  description: 'create a withering token; its secret is printed once',
})
export class TokenGenerate extends TokenChangeCommand {
  override readonly examples = [
    'manage token generate --project my-project --duration 30d',
    'manage token create --project my-project --duration 12h --max-requests 1000 --allowed-model "gpt-4o-*"',
  ];

  async run(_: string[], { projectId, duration, ...options }: GenerateOptions): Promise<void> {
    if (duration !== undefined && options.expiresAt !== undefined)
      throw usageError('--duration and --expires-at exclude each other');
    const idOf = this.input.projectOption(projectId);
    await this.callAndPrint(
      options,
      async (api) => {
        const labels = options.label && changedLabels({}, options.label);
        const body = { project_id: await idOf(api), duration_minutes: duration, ...tokenFieldsOf(options), labels };
        return api.post<CreatedToken>('tokens', body);
      },
      newToken,
    );
    if (!options.json) this.terminal.hint(CREATED_TOKEN_HINT);
  }

  @Option({ flags: PROJECT_FLAGS, description: 'project of the token, by id or name; asked for at a terminal' })
  parseProject(value: string): string {
    return notEmpty('--project', value);
  }

  @Option({
    flags: '--duration <time>',
    description: 'lifetime such as 90m, 12h or 30d, at most 365d (default: DEFAULT_TOKEN_LIFETIME)',
  })
  parseDuration(value: string): number {
    return minutes('--duration', value);
  }

  @Option({ flags: '--max-requests <n>', description: 'requests over the whole lifetime (default: unlimited)' })
  parseMaxRequests(value: string): Cap {
    return cap('--max-requests', value);
  }
}

@SubCommand({
  name: 'update',
  ...TOKEN_ARGUMENT,
  description: 'change a token; takes effect at its next request',
})
export class TokenUpdate extends TokenChangeCommand {
  override readonly examples = [
    'manage token update nightly-job --max-requests unlimited',
    'manage token update nightly-job --allowed-ip 10.0.0.0/8 --wait-replicas',
  ];

  async run([token = '']: string[], { active, removeLabel, ...options }: UpdateOptions): Promise<void> {
    const body = { ...tokenFieldsOf(options), is_active: active };
    if ([...Object.values(body), options.label, removeLabel].every((change) => change === undefined))
      throw usageError('nothing to change: give at least one option that changes the token');
    await this.callAndPrint(
      options,
      async (api) => {
        const path = `tokens/${await tokenId(api, token)}`;
        return api.patch<TokenView>(path, { ...body, ...(await labelsField(api, path, options.label, removeLabel)) });
      },
      tokenFields,
    );
  }

  @Option(REMOVE_LABEL)
  parseRemoveLabel(value: string, before?: LabelChange): LabelChange {
    return removedLabel(value, before);
  }

  @Option({ flags: '--active <true|false>', description: 'false revokes the token, true restores it' })
  parseActive(value: string): boolean {
    return trueOrFalse('--active', value);
  }

  @Option(WAIT_REPLICAS)
  parseWaitReplicas(): true {
    return true;
  }

  @Option({ flags: '--max-requests <n|unlimited>', description: 'requests over the whole lifetime' })
  parseMaxRequests(value: string): Cap {
    return cap('--max-requests', value);
  }
}
