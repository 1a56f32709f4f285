/** A member of a SlotSet and its position there. */
export interface Slot<T> {
  readonly member: T;
  /** -1 once the member is deleted. */
  index: number;
}

/**
 * An unordered collection with O(1) deletion, for members that live as long as a request. A `Set` replaces its hash table
 * now and then, and the old table links to the new one. Once the garbage collector has promoted an old table, that table
 * keeps all later ones alive, with every request in them, until the next full collection.
 */
export class SlotSet<T> implements Iterable<T> {
  private readonly slots: Slot<T>[] = [];

  get size(): number {
    return this.slots.length;
  }

  /** Returns the slot to delete the member by. */
  add(member: T): Slot<T> {
    const slot = { member, index: this.slots.length };
    this.slots.push(slot);
    return slot;
  }

  /** Moves the last member into the free position. Deleting a slot twice has no effect. */
  delete(slot: Slot<T>): void {
    const { index } = slot;
    if (index < 0) return;
    slot.index = -1;
    const last = this.slots.pop()!;
    if (last === slot) return;
    this.slots[index] = last;
    last.index = index;
  }

  /** Goes backwards, so that members may be deleted meanwhile: none is missed, but one may be visited twice. */
  *[Symbol.iterator](): Iterator<T> {
    for (let i = this.slots.length - 1; i >= 0; i -= 1) {
      const slot = this.slots[i];
      if (slot) yield slot.member;
    }
  }
}
