import { EventBodyEntity } from './event.body.entity.js';
import { EventDeadEntity } from './event.dead.entity.js';
import { EventMarkEntity } from './event.mark.entity.js';
import { EventNoticeEntity } from './event.notice.entity.js';
import { EventPendingEntity } from './event.pending.entity.js';
import { EventSegmentEntity } from './event.segment.entity.js';
import { EventSinkEntity } from './event.sink.entity.js';
import { OpenWorkEntity } from './open.work.entity.js';
import { UsageQuarterEntity } from './usage.quarter.entity.js';

/** The tables of events: on SQLite in a file of their own, elsewhere in the one database. */
export const EVENT_ENTITIES = [
  EventSegmentEntity,
  EventBodyEntity,
  EventMarkEntity,
  EventSinkEntity,
  EventPendingEntity,
  EventDeadEntity,
  EventNoticeEntity,
  UsageQuarterEntity,
  OpenWorkEntity,
];
