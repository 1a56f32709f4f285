import { Injectable } from '@nestjs/common';
import { Option, SubCommand } from 'nest-commander';
import { type Role, ROLES } from '../../../common/values/actor.js';
import type { CreateOperator, UpdateOperator } from '../../../operator/operator.dto.js';
import type { ProjectView } from '../../../project/project.view.js';
import type { CreatedOperator, OperatorView } from '../../../operator/operator.view.js';
import { usageError } from '../../terminal/cli.error.js';
import { instantOrDuration, notEmpty, trueOrFalse } from '../../terminal/option.values.js';
import { type ManageOptions, ReplicatedCommand } from '../manage.command.js';
import type { ManagementClient } from '../management.client.js';
import { CREATED_OPERATOR_HINT } from '../next.hints.js';
import { OPERATOR_ARGUMENT } from '../resource.arguments.js';
import { idOf, projects } from '../resource.lookup.js';
import { newOperator, operatorFields } from './operator.output.js';

const ALL = 'all';
const NEVER = 'never';

interface OperatorOptions extends ManageOptions {
  name?: string;
  role?: Role;
  project?: readonly string[];
  expires?: string;
}

/** A command that creates or changes an operator. */
@Injectable()
abstract class OperatorChangeCommand extends ReplicatedCommand {
  @Option({ flags: '--name <name>', description: 'unique name of the person or program, 1 to 120 characters' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({ flags: '--role <role>', description: 'viewer (reads), manager (changes tokens too) or admin (everything)' })
  parseRole(value: string): Role {
    const role = ROLES.find((name) => name === value);
    if (!role) throw usageError(`--role must be one of ${ROLES.join(', ')}`);
    return role;
  }

  @Option({
    flags: '--project <project>',
    description: 'project that the operator sees, by id or name; repeatable; "all" alone is all of them',
  })
  parseProject(value: string, before: readonly string[] = []): readonly string[] {
    const all = [...before, notEmpty('--project', value)];
    if (all.includes(ALL) && all.length > 1) throw usageError(`--project must be ${ALL} alone, or projects without it`);
    return all;
  }

  @Option({
    flags: '--expires <time>',
    description: 'an RFC 3339 time, a time from now such as 90d, or "never"',
  })
  parseExpires(value: string): string {
    return value === NEVER ? value : instantOrDuration('--expires', value, 1);
  }
}

/** The options as fields of the management API. */
async function fieldsOf(options: OperatorOptions, api: ManagementClient): Promise<UpdateOperator> {
  const { name, role, project, expires } = options;
  const ids = project?.includes(ALL) ? null : project && (await idsOf(project, api));
  return { name, role, projects: ids, expires_at: expires === NEVER ? null : expires };
}

/** Projects are listed once, and only to find a name. */
async function idsOf(given: readonly string[], api: ManagementClient): Promise<string[]> {
  const ids = new Set<string>();
  let all: Promise<readonly ProjectView[]> | undefined;
  for (const project of given) ids.add(await idOf('project', project, async () => (all ??= projects(api))));
  return [...ids];
}

@SubCommand({ name: 'create', description: 'create an operator; its credential is printed once' })
export class OperatorCreate extends OperatorChangeCommand {
  override readonly examples = [
    'manage operator create --name ana --role manager --project my-project',
    'manage operator create --name dashboard --role viewer --expires 90d',
  ];

  async run(_: string[], options: OperatorOptions): Promise<void> {
    const { name, role } = options;
    if (name === undefined) throw usageError("required option '--name <name>' not specified");
    if (role === undefined) throw usageError("required option '--role <role>' not specified");
    await this.callAndPrint(
      options,
      async (api) => {
        const body: CreateOperator = { ...(await fieldsOf(options, api)), name, role };
        return api.post<CreatedOperator>('operators', body);
      },
      newOperator,
    );
    if (!options.json) this.terminal.hint(CREATED_OPERATOR_HINT);
  }
}

@SubCommand({ name: 'update', ...OPERATOR_ARGUMENT, description: 'change an operator; takes effect at its next call' })
export class OperatorUpdate extends OperatorChangeCommand {
  override readonly examples = [
    'manage operator update ana --role viewer --project all',
    'manage operator update ana --active false --wait-replicas',
  ];

  async run([operator = '']: string[], { active, ...options }: OperatorOptions & { active?: boolean }): Promise<void> {
    const { name, role, project, expires } = options;
    if ([name, role, project, expires, active].every((change) => change === undefined))
      throw usageError('nothing to change: give at least one option that changes the operator');
    await this.callAndPrint(
      options,
      async (api) => {
        const id = await operatorId(api, operator);
        return api.patch<OperatorView>(`operators/${id}`, { ...(await fieldsOf(options, api)), is_active: active });
      },
      operatorFields,
    );
  }

  @Option({ flags: '--active <true|false>', description: 'false revokes the operator, true brings it back' })
  parseActive(value: string): boolean {
    return trueOrFalse('--active', value);
  }
}

/** The id of the operator with this id, name, or beginning of an id. */
export const operatorId = async (api: ManagementClient, text: string): Promise<string> =>
  idOf('operator', text, async () => api.list<OperatorView>('operators', {}, {}));
