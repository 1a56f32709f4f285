import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { AuditTrail } from '../../changes/audit.trail.js';
import type { Action } from '../../common/audit/audit.action.js';
import { errors } from '../../common/errors/errors.js';
import { Accepts, type BodyExamples, ManagementApi, ofAnyBody, Refuses } from '../../common/rest/api.docs.js';
import { Audited } from '../../common/rest/audited.js';
import { instant } from '../../common/rest/field.rules.js';
import type { Actor } from '../../common/values/actor.js';
import { type DeadEvent, DeadEvents } from '../../events/journal/dead.events.js';
import type { DeadChoice } from '../../events/store/bus/dead.letters.js';
import { DeadChoiceBody, DeadEventView, DeadQuery, DroppedEvents, ReplayedEvents } from './dead.dto.js';

const EVENT: DeadEventView = {
  sink: 'webhook',
  event_id: '4c1d2f0e-9d54-4a53-8a39-b7a2c8f4a0aa',
  reason: 'HTTP 400',
  tries: 3,
  first_at: '2026-01-31T12:00:00.000Z',
  last_at: '2026-01-31T12:05:00.000Z',
};
const CHOICE: BodyExamples<DeadChoiceBody> = {
  sink: { summary: 'All of a sink', value: { sink: 'webhook' } },
  one: { summary: 'One event', value: { sink: 'webhook', event_ids: [EVENT.event_id] } },
};

@ApiTags('system')
@ManagementApi()
@Controller('manage/events/dead')
export class DeadController {
  constructor(
    private readonly dead: DeadEvents,
    private readonly trail: AuditTrail,
  ) {}

  @Get()
  @Needs('admin', 'all-projects')
  @ApiOperation({
    operationId: 'listDeadEvents',
    summary: 'List the events that a sink refuses for good',
    description: 'The oldest first, without what the events have in them.',
  })
  @ApiOkResponse({ description: 'The events', type: [DeadEventView], example: [EVENT] })
  @Refuses(errors.fieldInvalid('limit', 'must be 1 or more'), errors.observabilityDisabled())
  async list(@Query() { sink, limit }: DeadQuery): Promise<DeadEventView[]> {
    return (await this.dead.list(sink === undefined ? {} : { sink }, limit)).map(viewOf);
  }

  @Post('replay')
  @Audited('events.dead_replay')
  @Needs('admin', 'all-projects')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayDeadEvents',
    summary: 'Deliver dead events again',
    description: 'Takes `sink`, `event_ids`, both, or `all`. A sink that was removed gets none.',
  })
  @Accepts(DeadChoiceBody, CHOICE)
  @ApiOkResponse({ description: 'How many are delivered again', type: ReplayedEvents, example: { replayed_count: 1 } })
  @Refuses(errors.fieldInvalid('sink', 'is required, or event_ids, or all'), ...ofAnyBody())
  @Refuses(errors.observabilityDisabled())
  async replay(@CurrentActor() actor: Actor, @Body() body: DeadChoiceBody): Promise<ReplayedEvents> {
    const choice = await this.noted(actor, 'events.dead_replay', body);
    return { replayed_count: await this.dead.replay(choice) };
  }

  @Post('drop')
  @Audited('events.dead_drop')
  @Needs('admin', 'all-projects')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'dropDeadEvents',
    summary: 'Delete dead events',
    description: 'Takes `sink`, `event_ids`, both, or `all`. The sink never gets them; requests and usage keep them.',
  })
  @Accepts(DeadChoiceBody, CHOICE)
  @ApiOkResponse({ description: 'How many are deleted', type: DroppedEvents, example: { dropped_count: 1 } })
  @Refuses(errors.fieldInvalid('sink', 'is required, or event_ids, or all'), ...ofAnyBody())
  @Refuses(errors.observabilityDisabled())
  async drop(@CurrentActor() actor: Actor, @Body() body: DeadChoiceBody): Promise<DroppedEvents> {
    const choice = await this.noted(actor, 'events.dead_drop', body);
    return { dropped_count: await this.dead.drop(choice) };
  }

  /** What is meant. Its row in the audit log is there before anything is done. */
  private async noted(
    actor: Actor,
    action: Action,
    { sink, event_ids: ids, all }: DeadChoiceBody,
  ): Promise<DeadChoice> {
    if (all && (sink !== undefined || ids)) throw errors.fieldInvalid('all', 'must be absent beside sink or event_ids');
    if (!all && sink === undefined && !ids) throw errors.fieldInvalid('sink', 'is required, or event_ids, or all');
    this.dead.assertKept();
    const named = { ...(sink !== undefined && { sink }), ...(ids && { event_ids: ids }), ...(all && { all: true }) };
    await this.trail.write({ action, actor, call: actor.call, outcome: 'success', metadata: named });
    return { ...(sink !== undefined && { sink }), ...(ids && { eventIds: ids }) };
  }
}

const viewOf = ({ sink, eventId, reason, tries, firstAt, lastAt }: DeadEvent): DeadEventView => ({
  sink,
  event_id: eventId,
  reason,
  tries,
  first_at: instant(firstAt),
  last_at: instant(lastAt),
});
