import type { Plan } from './transparency.generators.js';

/** Counts what a run of generated exchanges touched. */
export class Coverage {
  private exchanges = 0;
  private up = 0;
  private down = 0;
  private early = 0;
  private interim = 0;
  private trailers = 0;
  private readonly seen: Record<'methods' | 'operations' | 'up' | 'down' | 'statuses', Set<string>> = {
    methods: new Set(),
    operations: new Set(),
    up: new Set(),
    down: new Set(),
    statuses: new Set(),
  };

  add({ operation, method, framed, body, answer, early }: Plan): void {
    this.exchanges += 1;
    this.addBytes(body.length, answer.body.length);
    this.early += Number(early);
    this.interim += answer.interim.length;
    this.trailers += answer.trailers.length;
    this.seen.methods.add(method);
    this.seen.operations.add(`${operation.method} ${operation.path}`);
    this.seen.up.add(framed);
    this.seen.down.add(answer.framed);
    this.seen.statuses.add(String(answer.status));
  }

  addBytes(up: number, down: number): void {
    this.up += up;
    this.down += down;
  }

  get operations(): number {
    return this.seen.operations.size;
  }

  line(seed: number, differences: number): string {
    const list = (values: Set<string>): string => [...values].toSorted().join('/');
    return (
      `transparency: ${this.exchanges} exchanges, seed ${seed}, methods ${list(this.seen.methods)}, ` +
      `operations ${this.operations}, statuses ${this.seen.statuses.size}, ` +
      `framings up ${list(this.seen.up)} down ${list(this.seen.down)}, ` +
      `early answers ${this.early}, interim answers ${this.interim}, trailers ${this.trailers}, ` +
      `bytes up/down ${this.up}/${this.down}, ${differences} differences\n`
    );
  }
}
