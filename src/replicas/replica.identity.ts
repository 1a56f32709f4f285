import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';

/** Who this process is among the replicas on one database: new with every start. */
@Injectable()
export class ReplicaIdentity {
  readonly id: string = randomUUID();
  /** For people: where it runs. */
  readonly name: string = `${hostname().slice(0, 80)}/${process.pid}`;
}
