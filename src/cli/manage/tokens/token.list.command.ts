import { Option, SubCommand } from 'nest-commander';
import { TOKEN_SORTS } from '../../../token/listing/token.sort.js';
import { TOKEN_STATUSES } from '../../../token/status/token.status.js';
import type { TokenView } from '../../../token/token.view.js';
import { instantOrDuration, noSecret, notEmpty, wordsOf } from '../../terminal/option.values.js';
import { usageError } from '../../terminal/cli.error.js';
import { LABEL_FILTER, labelFilter, OWNER_FILTER } from '../fields/described.options.js';
import { ListCommand, type ListOptions } from '../manage.command.js';
import { PROJECT_FLAGS } from '../resource.arguments.js';
import { projectId as idOfProject } from '../resource.lookup.js';
import { tokenTable } from '../token.output.js';

interface TokenListOptions extends ListOptions {
  projectId?: string;
  activeOnly?: true;
  status?: string;
  search?: string;
  owner?: string;
  label?: readonly string[];
  unusedSince?: string;
  expiresBefore?: string;
  sort?: string;
}

@SubCommand({ name: 'list', aliases: ['ls'], description: 'list tokens, newest first' })
export class TokenList extends ListCommand {
  override readonly examples = [
    'manage token list --project my-project --status active,withering',
    'manage token list --expires-before 7d --unused-since 30d --sort expires_at',
  ];

  async run(_: string[], options: TokenListOptions): Promise<void> {
    const { projectId: project, activeOnly, status, search, owner, label, sort } = options;
    if (activeOnly && status !== undefined) throw usageError('--active-only and --status exclude each other');
    const { unusedSince: unused_since, expiresBefore: expires_before } = options;
    await this.callAndPrint(
      options,
      async (api) => {
        const projectId = project === undefined ? undefined : await idOfProject(api, project);
        const query = { projectId, activeOnly, status, search, owner, label, unused_since, expires_before, sort };
        return api.list<TokenView>('tokens', query, options);
      },
      tokenTable,
    );
  }

  @Option({ flags: PROJECT_FLAGS, description: 'only tokens of this project, by id or name' })
  parseProject(value: string): string {
    return notEmpty('--project', value);
  }

  @Option({ flags: '--active-only', description: 'only tokens that are neither revoked nor expired' })
  parseActiveOnly(): true {
    return true;
  }

  @Option({ flags: '--status <list>', description: `only tokens of these: ${TOKEN_STATUSES.join(', ')}` })
  parseStatus(value: string): string {
    return wordsOf('--status', value, TOKEN_STATUSES);
  }

  @Option({ flags: '--search <text>', description: 'only tokens whose name or id begins so, or a display form' })
  parseSearch(value: string): string {
    return noSecret('--search', value);
  }

  @Option(LABEL_FILTER)
  parseLabel(value: string, before?: readonly string[]): readonly string[] {
    return labelFilter(value, before);
  }

  @Option(OWNER_FILTER)
  parseOwner(value: string): string {
    return noSecret('--owner', value);
  }

  @Option({
    flags: '--expires-before <time>',
    description: 'only tokens that expire before a time, or within a duration such as 7d',
  })
  parseExpiresBefore(value: string): string {
    return instantOrDuration('--expires-before', value, 1);
  }

  @Option({
    flags: '--unused-since <time>',
    description: 'only tokens without a request since a time, or for a duration such as 30d',
  })
  parseUnusedSince(value: string): string {
    return instantOrDuration('--unused-since', value, -1);
  }

  @Option({ flags: '--sort <field>', description: `order, - for the largest first: ${TOKEN_SORTS.join(', ')}` })
  parseSort(value: string): string {
    if ((TOKEN_SORTS as readonly string[]).includes(value)) return value;
    throw usageError(`--sort must be ${TOKEN_SORTS.join(', ')}`);
  }
}
