import { Option, SubCommand } from 'nest-commander';
import { MAX_DURATION_MINUTES } from '../../common/values/limits.js';
import type { CreatedToken, TokenView } from '../../token/token.dto.js';
import { usageError } from '../terminal/cli.error.js';
import { ListCommand, type ListOptions } from './manage.command.js';
import { type Cap, cap, minutes, trueOrFalse, uuid } from '../terminal/option.values.js';
import { WAIT_REPLICAS } from './replica.wait.js';
import { tokenPath } from './resource.paths.js';
import { TokenChangeCommand, type TokenChangeOptions, tokenFieldsOf } from './token.change.command.js';
import { newToken, tokenFields, tokenTable } from './token.output.js';

interface GenerateOptions extends TokenChangeOptions {
  projectId: string;
  duration?: number;
}

@SubCommand({ name: 'generate', description: 'create a withering token; its secret is printed once' })
export class TokenGenerate extends TokenChangeCommand {
  async run(_: string[], { projectId, duration, ...options }: GenerateOptions): Promise<void> {
    if (duration !== undefined && options.expiresAt !== undefined)
      throw usageError('--duration and --expires-at exclude each other');
    const body = { project_id: projectId, duration_minutes: duration, ...tokenFieldsOf(options) };
    await this.callAndPrint(options, (api) => api.post<CreatedToken>('tokens', body), newToken);
  }

  @Option({ flags: '--project-id <id>', description: 'project of the token', required: true })
  parseProject(value: string): string {
    return uuid('--project-id', value);
  }

  @Option({
    flags: '--duration <minutes>',
    description: `lifetime, 1 to ${MAX_DURATION_MINUTES} minutes (default: DEFAULT_TOKEN_LIFETIME)`,
  })
  parseDuration(value: string): number {
    return minutes('--duration', value);
  }

  @Option({ flags: '--max-requests <n>', description: 'requests over the whole lifetime (default: unlimited)' })
  parseMaxRequests(value: string): Cap {
    return cap('--max-requests', value);
  }
}

@SubCommand({ name: 'list', description: 'list tokens, newest first' })
export class TokenList extends ListCommand {
  async run(_: string[], options: ListOptions & { projectId?: string; activeOnly?: true }): Promise<void> {
    const query = { projectId: options.projectId, activeOnly: options.activeOnly };
    await this.callAndPrint(options, (api) => api.list<TokenView>('tokens', query, options), tokenTable);
  }

  @Option({ flags: '--project-id <id>', description: 'only tokens of this project' })
  parseProject(value: string): string {
    return uuid('--project-id', value);
  }

  @Option({ flags: '--active-only', description: 'only tokens that are neither revoked nor expired' })
  parseActiveOnly(): true {
    return true;
  }
}

@SubCommand({ name: 'update', arguments: '<id>', description: 'change a token; takes effect at its next request' })
export class TokenUpdate extends TokenChangeCommand {
  async run([id]: string[], { active, ...options }: TokenChangeOptions & { active?: boolean }): Promise<void> {
    const path = tokenPath(id);
    const body = { ...tokenFieldsOf(options), is_active: active };
    if (Object.values(body).every((change) => change === undefined))
      throw usageError('nothing to change: give at least one option that changes the token');
    await this.callAndPrint(options, (api) => api.patch<TokenView>(path, body), tokenFields);
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
