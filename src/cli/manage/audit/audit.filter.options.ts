import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { ACTIONS } from '../../../common/audit/audit.action.js';
import { ORIGINS } from '../../../common/audit/management.call.js';
import { OUTCOMES } from '../../../common/audit/outcome.js';
import { AUTHORS } from '../../../common/values/actor.js';
import { instantOrDuration, noSecret, notEmpty, uuid } from '../../terminal/option.values.js';
import { usageError } from '../../terminal/cli.error.js';
import { ManageCommand, type ManageOptions } from '../manage.command.js';
import type { ManagementClient, Query } from '../management.client.js';
import { PROJECT_FLAGS } from '../resource.arguments.js';
import { projectId as idOfProject, tokenId as idOfToken } from '../resource.lookup.js';

export interface AuditFilterOptions extends ManageOptions {
  action?: string;
  actor?: string;
  actorId?: string;
  origin?: string;
  outcome?: string;
  projectId?: string;
  token?: string;
  subjectId?: string;
  requestId?: string;
  correlationId?: string;
  clientIp?: string;
  method?: string;
  path?: string;
  search?: string;
  since?: string;
  until?: string;
}

function oneOf(name: string, value: string, words: readonly string[]): string {
  if (words.includes(value)) return value;
  throw usageError(`${name} must be ${words.join(', ')}`);
}

/** A command on chosen rows of the audit log. */
@Injectable()
export abstract class AuditFilterCommand extends ManageCommand {
  protected override readonly docs: string = 'docs/security/audit.md';

  @Option({ flags: '--action <action>', description: 'only of this action, such as token.revoke' })
  parseAction(value: string): string {
    return oneOf('--action', value, ACTIONS);
  }

  @Option({ flags: '--actor <kind>', description: 'only by management_api, operator or system' })
  parseActor(value: string): string {
    return oneOf('--actor', value, AUTHORS);
  }

  @Option({ flags: '--actor-id <id>', description: 'only by this operator' })
  parseActorId(value: string): string {
    return uuid('--actor-id', value);
  }

  @Option({ flags: '--origin <origin>', description: 'only through api, cli, admin-ui or system' })
  parseOrigin(value: string): string {
    return oneOf('--origin', value, ORIGINS);
  }

  @Option({ flags: '--outcome <outcome>', description: 'only success, failure or denied' })
  parseOutcome(value: string): string {
    return oneOf('--outcome', value, OUTCOMES);
  }

  @Option({ flags: PROJECT_FLAGS, description: 'only of this project, by id or name' })
  parseProject(value: string): string {
    return notEmpty('--project', value);
  }

  @Option({ flags: '--token <token>', description: 'only of this token, by id or name' })
  parseToken(value: string): string {
    return notEmpty('--token', value);
  }

  @Option({ flags: '--subject-id <id>', description: 'only about this operator, or another subject' })
  parseSubjectId(value: string): string {
    return uuid('--subject-id', value);
  }

  @Option({ flags: '--request-id <id>', description: 'only of this request' })
  parseRequestId(value: string): string {
    return noSecret('--request-id', value);
  }

  @Option({ flags: '--correlation-id <id>', description: 'only with this correlation id' })
  parseCorrelationId(value: string): string {
    return noSecret('--correlation-id', value);
  }

  @Option({ flags: '--client-ip <address>', description: 'only from this address' })
  parseClientIp(value: string): string {
    return notEmpty('--client-ip', value);
  }

  @Option({ flags: '--method <method>', description: 'only calls with this method' })
  parseMethod(value: string): string {
    return notEmpty('--method', value).toUpperCase();
  }

  @Option({ flags: '--path <path>', description: 'only calls of this path' })
  parsePath(value: string): string {
    return noSecret('--path', value);
  }

  @Option({ flags: '--search <text>', description: 'only rows with this text, or this id' })
  parseSearch(value: string): string {
    return noSecret('--search', value);
  }

  @Option({ flags: '--since <time>', description: 'only since this time, or so long ago, such as 7d' })
  parseSince(value: string): string {
    return instantOrDuration('--since', value, -1);
  }

  @Option({ flags: '--until <time>', description: 'only before this time, or so long ago' })
  parseUntil(value: string): string {
    return instantOrDuration('--until', value, -1);
  }
}

/** The filters of the API. Asks it for the ids of names. */
export async function auditQuery(api: ManagementClient, options: AuditFilterOptions): Promise<Query> {
  const { projectId, token, action, actor, origin, outcome, method, path, search } = options;
  return {
    action,
    actor,
    origin,
    outcome,
    method,
    path,
    search,
    actor_id: options.actorId,
    project_id: projectId && (await idOfProject(api, projectId)),
    token_id: token && (await idOfToken(api, token)),
    subject_id: options.subjectId,
    request_id: options.requestId,
    correlation_id: options.correlationId,
    client_ip: options.clientIp,
    start_time: options.since,
    end_time: options.until,
  };
}
