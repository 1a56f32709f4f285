import type { DataSource } from 'typeorm';

/** Every statement an application sends to its store from now on, and a hand on the tap. */
export class StoreStatements {
  private readonly sent: { sql: string; parameters: string }[] = [];
  private closed: Promise<void> | undefined;
  private open: () => void = () => undefined;

  constructor({ driver }: DataSource) {
    const create = driver.createQueryRunner.bind(driver);
    driver.createQueryRunner = (mode) => {
      const runner = create(mode);
      const query = runner.query.bind(runner);
      runner.query = async (sql: string, parameters: unknown, structured?: boolean) => {
        this.sent.push({ sql, parameters: JSON.stringify(parameters ?? []) });
        await this.closed;
        return query(sql, parameters as never, structured as never);
      };
      return runner;
    };
  }

  /** How many name this id: what the store is sent in the background names others, or none. */
  about(id: string): number {
    return this.sent.filter(({ parameters }) => parameters.includes(id)).length;
  }

  /** No statement goes out before `release`. */
  hold(): void {
    this.closed = new Promise((resolve) => (this.open = resolve));
  }

  release(): void {
    this.closed = undefined;
    this.open();
  }
}
