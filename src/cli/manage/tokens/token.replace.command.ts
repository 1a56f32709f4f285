import { Option, SubCommand } from 'nest-commander';
import { MAX_OVERLAP_MINUTES } from '../../../common/values/limits.js';
import type { CreatedToken } from '../../../token/token.view.js';
import { usageError } from '../../terminal/cli.error.js';
import { minutes } from '../../terminal/option.values.js';
import { type ManageOptions, ReplicatedCommand } from '../manage.command.js';
import { CREATED_TOKEN_HINT } from '../next.hints.js';
import { TOKEN_ARGUMENT } from '../resource.arguments.js';
import { tokenId } from '../resource.lookup.js';
import { newToken } from '../token.output.js';

interface ReplaceOptions extends ManageOptions {
  overlap?: number;
  duration?: number;
}

@SubCommand({
  name: 'replace',
  ...TOKEN_ARGUMENT,
  description: 'make a new token in place of one, which lives on for an overlap; the new secret is printed once',
})
export class TokenReplace extends ReplicatedCommand {
  override readonly examples = [
    'manage token replace nightly-job --overlap 1h',
    'manage token replace nightly-job --overlap 0 --duration 30d --wait-replicas',
  ];

  async run([token = '']: string[], { overlap, duration, ...options }: ReplaceOptions): Promise<void> {
    if (overlap === undefined) throw usageError('--overlap is missing: how long the old token lives on, such as 1h');
    await this.callAndPrint(
      options,
      async (api) =>
        api.post<CreatedToken>(`tokens/${await tokenId(api, token)}/replace`, {
          overlap_minutes: overlap,
          duration_minutes: duration,
        }),
      newToken,
    );
    if (!options.json) this.terminal.hint(CREATED_TOKEN_HINT);
  }

  @Option({
    flags: '--overlap <time>',
    description: 'how long the old token lives on, such as 15m or 1d, at most 30d; 0 ends it and its streams at once',
  })
  parseOverlap(value: string): number {
    const overlap = value === '0' ? 0 : minutes('--overlap', value);
    if (overlap <= MAX_OVERLAP_MINUTES) return overlap;
    throw usageError('--overlap must be at most 30d');
  }

  @Option({
    flags: '--duration <time>',
    description:
      'lifetime of the new token, such as 12h or 30d (default: that of the old one, at most the maximum of the project)',
  })
  parseDuration(value: string): number {
    return minutes('--duration', value);
  }
}
