import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Option, SubCommand } from 'nest-commander';
import { CliError, EXIT_CODE, failure } from '../terminal/cli.error.js';
import { RETRY, type ServerEvent, serverEvents } from '../terminal/event.stream.js';
import { noSecret, notEmpty, wholeNumber } from '../terminal/option.values.js';
import { ManageCommand, type ManageOptions } from './manage.command.js';
import type { ManagementClient, Query } from './management.client.js';
import { type RequestView, requestLine, requestTable } from './report.output.js';
import { PROJECT_FLAGS } from './resource.arguments.js';
import { projectId as idOfProject, tokenId as idOfToken } from './resource.lookup.js';

interface FilterOptions extends ManageOptions {
  projectId?: string;
  token?: string;
  model?: string;
  statusClass?: string;
  end?: string;
  path?: string;
  replica?: string;
  slowerThan?: number;
}

interface ListOptions extends FilterOptions {
  from?: string;
  to?: string;
  requestId?: string;
  limit?: number;
}

const DEFAULT_LIMIT = 50;
/** The server sends a comment each 15 s. A stream that is silent for longer has lost its connection. */
const SILENT_MS = 60_000;
const RETRY_MS = 1000;
const MAX_TRIES = 30;

/** A command on requests that the server keeps. */
@Injectable()
export abstract class RequestCommand extends ManageCommand {
  protected override readonly docs = 'docs/observability/usage-and-cost.md';

  @Option({ flags: PROJECT_FLAGS, description: 'only of this project, by id or name' })
  parseProject(value: string): string {
    return notEmpty('--project', value);
  }

  @Option({ flags: '--token <token>', description: 'only of this token, by id or name' })
  parseToken(value: string): string {
    return notEmpty('--token', value);
  }

  @Option({ flags: '--model <name>', description: 'only of this model' })
  parseModel(value: string): string {
    return noSecret('--model', value);
  }

  @Option({ flags: '--status-class <class>', description: 'only this class of status: 2xx, 4xx, …' })
  parseStatusClass(value: string): string {
    return notEmpty('--status-class', value);
  }

  @Option({ flags: '--end <word>', description: 'only with this end, such as ok, client or upstream_timeout' })
  parseEnd(value: string): string {
    return notEmpty('--end', value);
  }

  @Option({ flags: '--path <beginning>', description: 'only paths that begin so, such as /v1/chat' })
  parsePath(value: string): string {
    return noSecret('--path', value);
  }

  @Option({ flags: '--replica <name>', description: 'only of this replica' })
  parseReplica(value: string): string {
    return noSecret('--replica', value);
  }

  @Option({ flags: '--slower-than <ms>', description: 'only requests that took longer, in milliseconds' })
  parseSlowerThan(value: string): number {
    return wholeNumber('--slower-than', value, 0);
  }
}

@SubCommand({ name: 'list', aliases: ['ls'], description: 'list requests, newest first' })
export class RequestList extends RequestCommand {
  override readonly examples = [
    'manage requests list --project my-project --status-class 5xx',
    'manage requests list --slower-than 10000 --limit 200 --json',
  ];

  async run(_: string[], options: ListOptions): Promise<void> {
    const { from, to, requestId, limit = DEFAULT_LIMIT } = options;
    await this.callAndPrint(
      options,
      async (api) => {
        const query = { ...(await filterOf(api, options)), from, to, request_id: requestId };
        return api.newest<RequestView>('requests', query, limit);
      },
      requestTable,
    );
  }

  @Option({ flags: '--from <time>', description: 'only requests since this time' })
  parseFrom(value: string): string {
    return notEmpty('--from', value);
  }

  @Option({ flags: '--to <time>', description: 'only requests before this time' })
  parseTo(value: string): string {
    return notEmpty('--to', value);
  }

  @Option({ flags: '--request-id <id>', description: "only this request: its id, or the upstream's" })
  parseRequestId(value: string): string {
    return noSecret('--request-id', value);
  }

  @Option({ flags: '--limit <n>', description: 'entries (default: 50)' })
  parseLimit(value: string): number {
    return wholeNumber('--limit', value, 1);
  }

  @Option({ flags: '--wide', description: 'print full values at a terminal, as into a pipe' })
  parseWide(): true {
    return true;
  }
}

@SubCommand({ name: 'tail', description: 'print requests as they end, until Ctrl-C; --json prints one a line' })
export class RequestTail extends RequestCommand {
  override readonly examples = ['manage requests tail', 'manage requests tail --project my-project --json'];

  async run(_: string[], options: FilterOptions): Promise<void> {
    const api = await this.access.connect(options);
    const query = await filterOf(api, options);
    let lastId: string | undefined;
    let retryMs = RETRY_MS;
    let isConnected = false;
    for (let tries = 0; ;) {
      try {
        for await (const event of eventsOf(api, query, lastId)) {
          isConnected = true;
          tries = event.event === RETRY ? tries : 0;
          lastId = event.id ?? lastId;
          if (event.event === RETRY) retryMs = retryOf(event.data) ?? retryMs;
          this.printEvent(event, options);
        }
      } catch (error) {
        // The server may be restarting. The first connection must succeed.
        if (!isUnreachable(error) || !isConnected || tries === MAX_TRIES) throw error;
      }
      tries += 1;
      if (tries > MAX_TRIES) throw failure('the server ends the stream again and again');
      await setTimeout(retryMs);
    }
  }

  private printEvent({ event, data }: ServerEvent, { json }: FilterOptions): void {
    if (event === 'request') {
      const request = JSON.parse(data) as RequestView;
      this.terminal.line(json ? JSON.stringify(request) : requestLine(request));
    } else if (event === 'skipped') {
      const { count } = JSON.parse(data) as { count: number };
      this.terminal.warn(`${count} requests were left out`);
    }
  }
}

const retryOf = (data: string): number | undefined => (/^\d{1,5}$/.test(data) ? Number(data) : undefined);

const isUnreachable = (error: unknown): boolean =>
  error instanceof CliError && error.exitCode === EXIT_CODE.unreachable;

/** The events of one connection, which ends without an error also when it breaks off. */
async function* eventsOf(api: ManagementClient, query: Query, lastId: string | undefined): AsyncGenerator<ServerEvent> {
  const abort = new AbortController();
  const timer = globalThis.setTimeout(() => abort.abort(), SILENT_MS);
  try {
    const { body } = await api.stream('requests/live', query, lastId, abort.signal);
    yield* serverEvents(pieces(body, () => timer.refresh()));
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

async function* pieces(body: Response['body'], onPiece: () => void): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  try {
    for await (const piece of body) {
      onPiece();
      yield decoder.decode(piece as Uint8Array, { stream: true });
    }
  } catch (error) {
    if (!(error instanceof TypeError || (error instanceof Error && error.name === 'AbortError'))) throw error;
  }
}

async function filterOf(api: ManagementClient, options: FilterOptions): Promise<Query> {
  const { projectId, token, model, end, path, replica } = options;
  return {
    project_id: projectId && (await idOfProject(api, projectId)),
    token_id: token && (await idOfToken(api, token)),
    model,
    end,
    path,
    replica,
    status_class: options.statusClass,
    slower_than_ms: options.slowerThan,
  };
}
