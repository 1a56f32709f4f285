import { Injectable } from '@nestjs/common';
import { errors } from '../../common/errors/errors.js';
import { KEY_IN_TEXT } from '../../common/rest/search.rules.js';
import { isUuid } from '../../common/rest/uuid.js';
import type { Actor } from '../../common/values/actor.js';
import { EventReader } from '../../events/event/event.queries.js';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { ProjectService } from '../../project/project.service.js';
import { TokenLists } from '../../token/listing/token.lists.js';
import { Names } from '../names/names.js';
import { scopeOf } from '../names/project.scope.js';
import { ifReadable } from '../names/readable.events.js';
import type { FoundView } from './search.dto.js';

/** Of each kind. */
const MAX_FOUND = 8;
/** A secret, or what looks like one: it has no place in a URL. The beginning of a search may be a part of one. */
const isSecret = (text: string): boolean => /^sk-/i.test(text) || KEY_IN_TEXT.test(text);
/** Of OpenAI. */
const UPSTREAM_REQUEST = /^req_[\w-]{8,}$/;

/** Finds projects, tokens and requests by one text. */
@Injectable()
export class SearchService {
  constructor(
    private readonly projects: ProjectService,
    private readonly tokens: TokenLists,
    private readonly events: EventReader,
    private readonly names: Names,
  ) {}

  /** What exists for the actor: projects, tokens, then requests. Throws `secret_in_url`. */
  async find(actor: Actor, text: string): Promise<FoundView[]> {
    if (isSecret(text)) throw errors.secretInUrl();
    const found = [...(await this.findProjects(actor, text)), ...(await this.findTokens(actor, text))];
    // The search of events costs the most: they are read for a whole id alone, and only when nothing else has it.
    const isRequest = UPSTREAM_REQUEST.test(text) || (isUuid(text) && found.length === 0);
    return isRequest ? [...found, ...((await ifReadable(async () => this.findRequests(actor, text))) ?? [])] : found;
  }

  private async findProjects(actor: Actor, text: string): Promise<FoundView[]> {
    const { entries } = await this.projects.list(actor, { search: text, page_size: MAX_FOUND });
    return entries.map(({ id, name, isActive }) => ({
      kind: 'project',
      id,
      title: name,
      text: isActive ? 'active' : 'inactive',
    }));
  }

  private async findTokens(actor: Actor, text: string): Promise<FoundView[]> {
    const tokens = await this.tokens.first(actor, { search: text, sort: 'name' }, MAX_FOUND);
    const projects = await this.names.projects(tokens.map(({ projectId }) => projectId));
    return tokens.map(({ id, name, secretDisplay, projectId }) => ({
      kind: 'token',
      id,
      title: name ?? secretDisplay,
      text: [...(name === null ? [] : [secretDisplay]), projects.get(projectId) ?? projectId].join(' · '),
    }));
  }

  private async findRequests(actor: Actor, text: string): Promise<FoundView[]> {
    const filter = { requestId: text, ...scopeOf(actor, undefined) };
    const { events } = await this.events.requests(filter, { limit: MAX_FOUND });
    return events.map(({ event }) => foundRequest(event));
  }
}

const foundRequest = ({ id, method, path, at, status, end }: ProxyEvent): FoundView => ({
  kind: 'request',
  id,
  title: `${method} ${path}`,
  text: `${status ?? 'no response'}, ${end}, ${at}`,
});
