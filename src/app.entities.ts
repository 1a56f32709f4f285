import { AuditEventEntity } from './audit/row/audit.event.entity.js';
import { OperatorEntity } from './auth/operator.entity.js';
import { SessionEntity } from './auth/session/session.entity.js';
import { LabelEntity } from './project/labels/label.entity.js';
import { ProjectEntity } from './project/project.entity.js';
import { ChangeEntity } from './changes/change.entity.js';
import { ReplicaEntity } from './replicas/replica.entity.js';
import { RevisionEntity } from './changes/revision.entity.js';
import { ReplicaSettingsEntity } from './replicas/replica.settings.entity.js';
import { AnswerEntity } from './reporting/streams/answer.entity.js';
import { QuestionEntity } from './reporting/streams/question.entity.js';
import { TokenEntity } from './token/token.entity.js';

/** Every table, for commands that work on the database without the application. */
export const ENTITIES = [
  ProjectEntity,
  TokenEntity,
  LabelEntity,
  OperatorEntity,
  SessionEntity,
  RevisionEntity,
  AuditEventEntity,
  ChangeEntity,
  ReplicaEntity,
  ReplicaSettingsEntity,
  QuestionEntity,
  AnswerEntity,
];
