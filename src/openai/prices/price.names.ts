import { compileGlob, type Glob } from '../../common/values/glob.js';

/** A longer name is in no list: names come from responses, and each is remembered. */
const MAX_LENGTH = 200;
const MAX_REMEMBERED = 1000;
const DATED = /-\d{4}-\d{2}-\d{2}$/;
/** `ft:gpt-4.1-2025-04-14:my-org:name:id` without the names of its owner. */
const FINE_TUNED = /^ft:[^:]+/;

/** The names of a price list, by the names that models have in responses. */
export class PriceNames {
  private readonly exact = new Map<string, string>();
  /** The longest pattern first: it is the most specific one. */
  private readonly patterns: readonly { readonly glob: Glob; readonly name: string }[];
  private readonly remembered = new Map<string, string | undefined>();

  constructor(names: Iterable<string>, others: Readonly<Record<string, readonly string[]>>) {
    const pairs = Object.entries(others).flatMap(([name, all]) => all.map((other) => ({ name, other })));
    for (const { name, other } of pairs) this.exact.set(other, name);
    for (const name of names) this.exact.set(name, name);
    this.patterns = pairs
      .filter(({ other }) => other.includes('*'))
      .toSorted((a, b) => b.other.length - a.other.length)
      .map(({ name, other }) => ({ name, glob: compileGlob(other) }));
  }

  /** The name in the list: the same name, the one without the date at its end, or that of the pattern that matches. */
  find(model: string): string | undefined {
    if (model.length > MAX_LENGTH) return undefined;
    const known = this.remembered.get(model);
    if (known !== undefined) return known;
    if (!this.remembered.has(model)) {
      if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
      this.remembered.set(model, this.search(model));
    }
    return this.remembered.get(model);
  }

  private search(model: string): string | undefined {
    const base = FINE_TUNED.exec(model)?.[0] ?? model;
    return (
      this.exact.get(base) ??
      this.exact.get(base.replace(DATED, '')) ??
      this.patterns.find(({ glob }) => glob(base))?.name
    );
  }
}
