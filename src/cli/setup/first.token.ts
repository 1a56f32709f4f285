import { Injectable } from '@nestjs/common';
import type { ProjectView } from '../../project/project.view.js';
import type { CreatedToken } from '../../token/token.view.js';
import { usageError } from '../terminal/cli.error.js';
import { envVariables } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { LocalServer } from './local.server.js';
import { ManagementClient } from '../manage/management.client.js';
import { type Cap, cap, maxRequestsOf, minutes, notEmpty } from '../terminal/option.values.js';
import { Questions } from '../terminal/questions.js';
import { oneWord } from '../terminal/secret.input.js';
import { Terminal } from '../terminal/terminal.js';
import { newToken } from '../manage/token.output.js';

const A_DAY_MINUTES = 1440;
const A_DAY = '1d';

interface Inputs {
  name: string;
  key: string;
  durationMinutes: number;
  maxRequests: Cap;
}

/** Offers to create a first project and token. Uses the running server, or starts one for these two calls. */
@Injectable()
export class FirstToken {
  constructor(
    private readonly terminal: Terminal,
    private readonly questions: Questions,
    private readonly server: LocalServer,
  ) {}

  async offer(config: string): Promise<void> {
    const isWanted = await this.questions.ask('Create a first project and token?', {
      defaultValue: true,
      defaultLabel: 'Y/n',
      read: yes,
    });
    if (!isWanted) return;
    const inputs = await this.inputs();
    const variables = envVariables(config);
    const baseUrl = listenUrl(variables['LISTEN_ADDR']);
    const client = new ManagementClient(baseUrl, oneWord('MANAGEMENT_TOKEN', variables['MANAGEMENT_TOKEN'] ?? ''));
    await this.server.whileRunning(config, baseUrl, async () => this.create(client, inputs));
  }

  private async inputs(): Promise<Inputs> {
    const { questions } = this;
    return {
      name: await questions.ask('Project name', {
        defaultValue: 'my-project',
        defaultLabel: 'my-project',
        read: (text) => notEmpty('the name', text),
      }),
      key: await questions.ask('OpenAI key (not shown)', {
        hidden: true,
        read: (text) => oneWord('the OpenAI key', text),
      }),
      durationMinutes: await questions.ask('Token lifetime, such as 12h or 30d', {
        defaultValue: A_DAY_MINUTES,
        defaultLabel: A_DAY,
        read: (text) => minutes('the lifetime', text),
      }),
      maxRequests: await questions.ask<Cap>('Maximum number of requests', {
        defaultValue: 'unlimited',
        defaultLabel: 'unlimited',
        read: (text) => cap('the number', text),
      }),
    };
  }

  private async create(client: ManagementClient, { name, key, durationMinutes, maxRequests }: Inputs): Promise<void> {
    const project = await client.post<ProjectView>('projects', { name, api_key: key });
    this.terminal.line(`Created project ${project.id}.`);
    if (client.warning !== undefined) this.terminal.warn(client.warning);
    const token = await client.post<CreatedToken>('tokens', {
      project_id: project.id,
      duration_minutes: durationMinutes,
      max_requests: maxRequestsOf(maxRequests),
    });
    this.terminal.line(newToken(token, this.terminal.screen()));
    this.terminal.line('The token is not shown again. Save it now.');
  }
}

function yes(text: string): boolean {
  if (!/^(?:y|yes|n|no)$/i.test(text)) throw usageError('answer y or n');
  return /^y/i.test(text);
}
