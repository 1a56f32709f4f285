/** A member of one list, or of none. */
export class IdleLink {
  prev: IdleLink | undefined;
  next: IdleLink | undefined;

  /** Leaves its list. A link without a list stays as it is. */
  unlink(): void {
    const { prev, next } = this;
    if (!prev || !next) return;
    prev.next = next;
    next.prev = prev;
    this.prev = this.next = undefined;
  }
}

/** Links in the order in which they were added. Adding and removing is O(1) and allocates nothing: each request does both. */
export class IdleList<T extends IdleLink> {
  private readonly ends = new IdleLink();

  constructor() {
    this.ends.prev = this.ends.next = this.ends;
  }

  /** The link that was added first. */
  get oldest(): T | undefined {
    const { next } = this.ends;
    return next === this.ends ? undefined : (next as T);
  }

  add(link: T): void {
    link.unlink();
    const last = this.ends.prev!;
    link.prev = last;
    link.next = this.ends;
    last.next = this.ends.prev = link;
  }
}
