import { Option, SubCommand } from 'nest-commander';
import type { CreatedToken, TokenView } from '../token/token.dto.js';
import { usage } from './cli.error.js';
import { ListCommand, type ListOptions, ManageCommand, type ManageOptions } from './manage.command.js';
import { type Cap, cap, instant, maxRequestsOf, minutes, notEmpty, trueOrFalse, uuid } from './option.values.js';
import { newToken, tokenFields, tokenTable } from './token.output.js';

interface TokenOptions extends ManageOptions {
  name?: string;
  maxRequests?: Cap;
  expiresAt?: string;
}

interface GenerateOptions extends TokenOptions {
  projectId: string;
  duration?: number;
}

@SubCommand({ name: 'generate', description: 'create a withering token; its secret is shown once' })
export class TokenGenerate extends ManageCommand {
  async run(
    _: string[],
    { projectId, duration, expiresAt, maxRequests, name, ...options }: GenerateOptions,
  ): Promise<void> {
    if (duration !== undefined && expiresAt !== undefined)
      throw usage('--duration and --expires-at exclude each other');
    const body = {
      project_id: projectId,
      duration_minutes: duration,
      expires_at: expiresAt,
      max_requests: maxRequestsOf(maxRequests),
      name,
    };
    await this.answer(options, (api) => api.post<CreatedToken>('tokens', body), newToken);
  }

  @Option({ flags: '--project-id <id>', description: 'the project whose key it stands for', required: true })
  parseProject(value: string): string {
    return uuid('--project-id', value);
  }

  @Option({ flags: '--duration <minutes>', description: 'lifetime, 1 to 525600 (default: DEFAULT_TOKEN_LIFETIME)' })
  parseDuration(value: string): number {
    return minutes('--duration', value);
  }

  @Option({ flags: '--expires-at <time>', description: 'end of its life, RFC 3339' })
  parseExpiresAt(value: string): string {
    return instant('--expires-at', value);
  }

  @Option({ flags: '--max-requests <n>', description: 'lifetime cap (default: unlimited)' })
  parseMaxRequests(value: string): Cap {
    return cap('--max-requests', value);
  }

  @Option({ flags: '--name <name>', description: 'what it is for' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }
}

@SubCommand({ name: 'list', description: 'list tokens, newest first' })
export class TokenList extends ListCommand {
  async run(_: string[], options: ListOptions & { projectId?: string; activeOnly?: true }): Promise<void> {
    const query = { projectId: options.projectId, activeOnly: options.activeOnly };
    await this.answer(options, (api) => api.list<TokenView>('tokens', query, options), tokenTable);
  }

  @Option({ flags: '--project-id <id>', description: 'only those of this project' })
  parseProject(value: string): string {
    return uuid('--project-id', value);
  }

  @Option({ flags: '--active-only', description: 'neither revoked nor expired' })
  parseActiveOnly(): true {
    return true;
  }
}

@SubCommand({ name: 'update', arguments: '<id>', description: 'change a token, in force at once' })
export class TokenUpdate extends ManageCommand {
  async run(
    [id]: string[],
    { name, active, maxRequests, expiresAt, ...options }: TokenOptions & { active?: boolean },
  ): Promise<void> {
    const path = `tokens/${uuid('<id>', id)}`;
    const body = { name, is_active: active, max_requests: maxRequestsOf(maxRequests), expires_at: expiresAt };
    if (Object.values(body).every((change) => change === undefined)) throw usage('there is nothing to change');
    await this.answer(options, (api) => api.patch<TokenView>(path, body), tokenFields);
  }

  @Option({ flags: '--name <name>', description: 'what it is for' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({ flags: '--active <true|false>', description: 'false revokes, true brings back' })
  parseActive(value: string): boolean {
    return trueOrFalse('--active', value);
  }

  @Option({ flags: '--max-requests <n|unlimited>', description: 'lifetime cap' })
  parseMaxRequests(value: string): Cap {
    return cap('--max-requests', value);
  }

  @Option({ flags: '--expires-at <time>', description: 'end of its life, RFC 3339' })
  parseExpiresAt(value: string): string {
    return instant('--expires-at', value);
  }
}
