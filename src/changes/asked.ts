/** Emitted when a replica may have asked the others something. This one may be the one that asked. */
export class Asked {
  static readonly topic = 'asked';
}
