import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/values/actor.js';
import { errors } from '../../common/errors/errors.js';
import { type EventCursor, EventReader, type KeptEvent } from '../../events/event/event.queries.js';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { Names } from '../names/names.js';
import { seesRequest } from '../names/project.scope.js';
import type { RequestDetailView, RequestView } from './request.dto.js';
import { filterOf, pageSizeOf, type RequestQuery } from './request.query.js';
import { bytesOfBody, type EventNames, requestDetailView, requestView } from './request.view.js';

/** The longest id of an event or a request. */
const MAX_ID = 200;

/** Requests whose events are kept. */
@Injectable()
export class KeptRequests {
  constructor(
    private readonly events: EventReader,
    private readonly names: Names,
  ) {}

  /** The newest first. `next` is set when there may be older ones. Throws `observability_disabled`, `store_unavailable`. */
  async page(actor: Actor, query: RequestQuery): Promise<{ entries: RequestView[]; next?: EventCursor }> {
    const { before } = query;
    const page = { limit: pageSizeOf(query), ...(before === undefined ? {} : { before }) };
    const { events, next } = await this.events.requests(filterOf(actor, query), page);
    return { entries: await this.views(events), ...(next === undefined ? {} : { next }) };
  }

  /** Takes the id of an event or of a request; one of a project that the actor does not see is not found. Throws `request_not_found`, and what `page` throws. */
  async get(actor: Actor, id: string): Promise<RequestDetailView> {
    const event = await this.event(actor, id);
    return requestDetailView(event, await this.namesOf([event]));
  }

  /** The captured bytes of a body. Throws `body_not_found`, and what `get` throws. */
  async body(
    actor: Actor,
    id: string,
    side: 'request' | 'response',
  ): Promise<{ readonly bytes: Buffer; readonly fileName: string; readonly event: ProxyEvent }> {
    const event = await this.event(actor, id);
    const body = event[side];
    if (!body) throw errors.bodyNotFound();
    return { bytes: bytesOfBody(body), fileName: `${event.id.replace(/:.*/, '')}-${side}.bin`, event };
  }

  async views(kept: readonly KeptEvent[]): Promise<RequestView[]> {
    const names = await this.namesOf(kept.map(({ event }) => event));
    return kept.map(({ cursor, event }) => requestView(event, names, cursor));
  }

  private async event(actor: Actor, id: string): Promise<ProxyEvent> {
    const event = id.length > MAX_ID ? undefined : await this.events.request(id);
    if (!event || !seesRequest(actor, event)) throw errors.requestNotFound();
    return event;
  }

  private async namesOf(events: readonly ProxyEvent[]): Promise<EventNames> {
    const projects = this.names.projects(events.map(({ project_id: id = '' }) => id));
    const tokens = this.names.tokens(events.map(({ token_id: id = '' }) => id));
    return { projects: await projects, tokens: await tokens };
  }
}
