/** The replicas that share the limits. */
export abstract class Peers {
  /** How many are alive, this one included, as last known; 1 or more. */
  abstract readonly live: number;
}
