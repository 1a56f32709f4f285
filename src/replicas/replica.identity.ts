import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { ReplicaRole } from './replica.entity.js';

/** The identity of this process among the replicas on one database: new with every start. */
@Injectable()
export class ReplicaIdentity {
  readonly id: string = randomUUID();
  /** For people: host and process id. */
  readonly name: string = `${hostname().slice(0, 80)}/${process.pid}`;
  readonly role: ReplicaRole = 'server';
}
