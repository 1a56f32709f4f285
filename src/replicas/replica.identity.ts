import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { REPLICA_ROLE, type ReplicaRole } from './replica.role.js';

/** The identity of this process among the replicas on one database: new with every start. */
@Injectable()
export class ReplicaIdentity {
  readonly id: string = randomUUID();
  /** For people: host and process id. */
  readonly name: string = `${hostname().slice(0, 80)}/${process.pid}`;

  constructor(@Inject(REPLICA_ROLE) readonly role: ReplicaRole) {}
}
