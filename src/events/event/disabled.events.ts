import { errors } from '../../common/errors/errors.js';
import { EventReader } from './event.queries.js';

/** The reader of a server that keeps no events. Every query throws 409 `observability_disabled`. */
export class DisabledEvents extends EventReader {
  requests = refuse;
  request = refuse;
  after = refuse;
  usage = refuse;
}

async function refuse(): Promise<never> {
  throw errors.observabilityDisabled();
}
