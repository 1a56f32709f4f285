import { Injectable } from '@nestjs/common';
import type { ProjectView } from '../../project/project.dto.js';
import type { CreatedToken } from '../../token/token.dto.js';
import { usage } from '../terminal/cli.error.js';
import { envVariables } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { LocalServer } from './local.server.js';
import { ManagementClient } from '../manage/management.client.js';
import { type Cap, cap, maxRequestsOf, minutes, notEmpty } from '../terminal/option.values.js';
import { Questions } from './questions.js';
import { oneWord } from '../terminal/secret.input.js';
import { Terminal } from '../terminal/terminal.js';
import { newToken } from '../manage/token.output.js';

const A_DAY_MINUTES = 1440;

interface Wish {
  name: string;
  key: string;
  durationMinutes: number;
  maxRequests: Cap;
}

/** Offers the first project and its token, on the server that runs, or else on one started for these two calls. */
@Injectable()
export class FirstToken {
  constructor(
    private readonly terminal: Terminal,
    private readonly questions: Questions,
    private readonly server: LocalServer,
  ) {}

  async offer(config: string): Promise<void> {
    if (!(await this.questions.ask('Create a first project and token?', { enter: true, shown: 'Y/n', read: yes })))
      return;
    const wish = await this.wish();
    const variables = envVariables(config);
    const baseUrl = listenUrl(variables['LISTEN_ADDR']);
    const client = new ManagementClient(baseUrl, oneWord('MANAGEMENT_TOKEN', variables['MANAGEMENT_TOKEN'] ?? ''));
    await this.server.during(config, baseUrl, async () => this.create(client, wish));
  }

  private async wish(): Promise<Wish> {
    const { questions } = this;
    return {
      name: await questions.ask('Project name', {
        enter: 'my-project',
        shown: 'my-project',
        read: (text) => notEmpty('the name', text),
      }),
      key: await questions.ask('OpenAI key, not shown', {
        hidden: true,
        read: (text) => oneWord('the OpenAI key', text),
      }),
      durationMinutes: await questions.ask('Token lifetime in minutes', {
        enter: A_DAY_MINUTES,
        shown: String(A_DAY_MINUTES),
        read: (text) => minutes('the lifetime', text),
      }),
      maxRequests: await questions.ask<Cap>('Most requests it may make', {
        enter: 'unlimited',
        shown: 'unlimited',
        read: (text) => cap('the number', text),
      }),
    };
  }

  private async create(client: ManagementClient, { name, key, durationMinutes, maxRequests }: Wish): Promise<void> {
    const project = await client.post<ProjectView>('projects', { name, api_key: key });
    this.terminal.line(`Created project ${project.id}.`);
    const token = await client.post<CreatedToken>('tokens', {
      project_id: project.id,
      duration_minutes: durationMinutes,
      max_requests: maxRequestsOf(maxRequests),
    });
    this.terminal.line(newToken(token));
    this.terminal.line('The token is shown here only. Keep it now.');
  }
}

function yes(text: string): boolean {
  if (!/^(?:y|yes|n|no)$/i.test(text)) throw usage('answer y or n');
  return /^y/i.test(text);
}
