import { Injectable } from '@nestjs/common';
import type { ProjectView } from '../../project/project.view.js';
import { failure, usageError } from '../terminal/cli.error.js';
import { Consent } from '../terminal/consent.js';
import { notEmpty } from '../terminal/option.values.js';
import { Questions } from '../terminal/questions.js';
import { SecretInput } from '../terminal/secret.input.js';
import { printable, Terminal } from '../terminal/terminal.js';
import type { ManagementClient } from './management.client.js';
import { projectId, projects } from './resource.lookup.js';

export type IdOf = (api: ManagementClient) => Promise<string>;

const PROMPT_NAME = 'Project name';

/** What a `manage` command needs and its command line may not have: it is asked for at a terminal, and required without one. */
@Injectable()
export class ManageInput {
  constructor(
    private readonly terminal: Terminal,
    private readonly questions: Questions,
    private readonly secrets: SecretInput,
    readonly consent: Consent,
  ) {}

  /** The upstream key of a project. */
  async openaiKey(file: string | undefined): Promise<string> {
    return this.secrets.read('OpenAI key', file);
  }

  /** The secret of a withering token. */
  async tokenSecret(file: string | undefined): Promise<string> {
    return this.secrets.read('token', file);
  }

  /** The name of a new project. */
  async projectName(given: string | undefined): Promise<string> {
    if (given !== undefined) return given;
    this.assertAnswerable("required option '--name <name>' not specified");
    return this.questions.ask(PROMPT_NAME, { read: (text) => notEmpty('the name', text) });
  }

  /** Finds the project of the argument `<project>` when it is called. Throws now when the argument is missing and cannot be asked for. */
  projectArgument(given: string | undefined): IdOf {
    return this.project(given, "missing required argument 'project'");
  }

  /** The same for `--project`. */
  projectOption(given: string | undefined): IdOf {
    return this.project(given, "required option '--project <project>' not specified");
  }

  private project(given: string | undefined, missing: string): IdOf {
    if (given !== undefined) return async (api) => projectId(api, given);
    this.assertAnswerable(missing);
    return async (api) => (await this.chosen(await projects(api))).id;
  }

  private async chosen(all: readonly ProjectView[]): Promise<ProjectView> {
    if (all.length === 0) throw failure('there are no projects: create one with `manage project create`');
    for (const [index, { name }] of all.entries()) this.terminal.note(`  ${index + 1}. ${printable(name)}`);
    return this.questions.ask('Project, by number or name', {
      ...(all.length === 1 && { defaultValue: all[0]!, defaultLabel: '1' }),
      read: (text) => {
        const project = all.find(({ name }) => name === text) ?? all[/^\d{1,6}$/.test(text) ? Number(text) - 1 : -1];
        if (!project) throw usageError(`enter a number from 1 to ${all.length}, or a name`);
        return project;
      },
    });
  }

  private assertAnswerable(missing: string): void {
    if (!this.terminal.interactive) throw usageError(missing);
  }
}
