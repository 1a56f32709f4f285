import { Initial1795000000000 } from './1795000000000-initial.js';
import { ReplicaRole1795100000000 } from './1795100000000-replica-role.js';
import { Events1795200000000 } from './1795200000000-events.js';
import { Operators1795300000000 } from './1795300000000-operators.js';
import { Audit1795400000000 } from './1795400000000-audit.js';
import { WebInterface1795500000000 } from './1795500000000-web-interface.js';
import { UsageEnds1795510000000 } from './1795510000000-usage-ends.js';
import { ReplicaQuestions1795610000000 } from './1795610000000-replica-questions.js';
import { SegmentIds1795620000000 } from './1795620000000-segment-ids.js';

/** In the order they are run. An array and no glob: the same in tests and in the build. */
export const POSTGRES_MIGRATIONS = [
  Initial1795000000000,
  ReplicaRole1795100000000,
  Events1795200000000,
  Operators1795300000000,
  Audit1795400000000,
  WebInterface1795500000000,
  UsageEnds1795510000000,
  ReplicaQuestions1795610000000,
  SegmentIds1795620000000,
];
