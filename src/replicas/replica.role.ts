/** What a process does among the replicas on one database. Only servers share the limits. */
export type ReplicaRole = 'server' | 'dispatcher';

/** Provides the ReplicaRole of this process. */
export const REPLICA_ROLE = Symbol('ReplicaRole');
