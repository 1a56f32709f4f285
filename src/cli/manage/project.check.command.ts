import { SubCommand } from 'nest-commander';
import type { CheckView } from '../../project/project.view.js';
import { CliError, failure } from '../terminal/cli.error.js';
import { fields, yesNo } from '../terminal/table.js';
import { ManageCommand, type ManageOptions } from './manage.command.js';
import type { ManagementClient } from './management.client.js';
import { PROJECT_ARGUMENT } from './resource.arguments.js';

/** The server waits 10 s for the upstream. */
const TIMEOUT_MS = 20_000;

/** Asks the upstream once with the stored key. */
export const checkOf = async (api: ManagementClient, id: string): Promise<CheckView> =>
  api.post<CheckView>(`projects/${id}/check`, undefined, TIMEOUT_MS);

/** The same for a project that has just been created: a refused call is a result, so that the project is printed. */
export async function checkOfNew(api: ManagementClient, id: string): Promise<CheckView> {
  try {
    return await checkOf(api, id);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { ok: false, code: error.code, reason: error.message };
  }
}

export const checkFields = ({ ok, status, reason }: CheckView): string =>
  fields([
    ['OK', yesNo(ok)],
    ['Status', status],
    ['Reason', reason],
  ]);

/** Throws unless the upstream accepts the key: the exit code is 1. */
export function assertOk({ ok }: CheckView): void {
  if (!ok) throw failure('the check of the upstream key failed');
}

@SubCommand({
  name: 'check',
  ...PROJECT_ARGUMENT,
  description: 'check the upstream key of a project with one request; exit code 1 unless the upstream accepts it',
})
export class ProjectCheck extends ManageCommand {
  override readonly examples = ['manage project check my-project', 'manage project check my-project --json'];

  async run([project]: string[], options: ManageOptions): Promise<void> {
    const idOf = this.input.projectArgument(project);
    assertOk(await this.callAndPrint(options, async (api) => checkOf(api, await idOf(api)), checkFields));
  }
}
