/** Where a member stands; -1 once it has left. */
export interface Slot<T> {
  readonly member: T;
  at: number;
}

/**
 * An unordered collection whose members come and go with every request. A `Set` would do, but it makes a new table now and
 * then and leaves a link to it in the old one: once the garbage collector has moved one table to its old space, that one
 * keeps all later ones alive, with every request that stood in them, until the next full collection.
 */
export class SlotSet<T> implements Iterable<T> {
  private readonly places: Slot<T>[] = [];

  get size(): number {
    return this.places.length;
  }

  /** The place is what its owner leaves by. */
  add(member: T): Slot<T> {
    const place = { member, at: this.places.length };
    this.places.push(place);
    return place;
  }

  /** The last one takes the place of who leaves; leaving twice changes nothing. */
  delete(place: Slot<T>): void {
    const { at } = place;
    if (at < 0) return;
    place.at = -1;
    const last = this.places.pop()!;
    if (last === place) return;
    this.places[at] = last;
    last.at = at;
  }

  /** Backwards, so that who is visited may leave: nobody is missed, and somebody may be met twice. */
  *[Symbol.iterator](): Iterator<T> {
    for (let i = this.places.length - 1; i >= 0; i -= 1) {
      const place = this.places[i];
      if (place) yield place.member;
    }
  }
}
