/**
 * An unordered collection whose members come and go with every request. A `Set` would do, but it makes a new table now and
 * then and leaves a link to it in the old one: once the garbage collector has moved one table to its old space, that one
 * keeps all later ones alive, with every request that stood in them, until the next full collection.
 */
export class Bag<T extends object> implements Iterable<T> {
  private readonly members: T[] = [];
  /** Under which a member knows its place; absent or -1 while it is not in here. */
  private readonly place = Symbol('place');

  get size(): number {
    return this.members.length;
  }

  has(member: T): boolean {
    return this.placeOf(member) >= 0;
  }

  add(member: T): void {
    if (this.has(member)) return;
    this.put(member, this.members.length);
    this.members.push(member);
  }

  /** The last one takes the place of who leaves. */
  delete(member: T): void {
    const at = this.placeOf(member);
    if (at < 0) return;
    this.put(member, -1);
    const last = this.members.pop()!;
    if (last === member) return;
    this.members[at] = last;
    this.put(last, at);
  }

  /** Backwards, so that who is visited may leave: nobody is missed, and somebody may be met twice. */
  *[Symbol.iterator](): Iterator<T> {
    for (let i = this.members.length - 1; i >= 0; i -= 1) {
      const member = this.members[i];
      if (member) yield member;
    }
  }

  private placeOf(member: T): number {
    return (member as Record<symbol, number>)[this.place] ?? -1;
  }

  private put(member: T, at: number): void {
    (member as Record<symbol, number>)[this.place] = at;
  }
}
