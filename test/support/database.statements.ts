import type { DataSource } from 'typeorm';

/** Records every statement that an application sends to its database from now on, and can stall them. */
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

  /** How many statements have this id as a parameter. Those of the background have another, or none. */
  about(id: string): number {
    return this.sent.filter(({ parameters }) => parameters.includes(id)).length;
  }

  /** How many statements name this table. */
  naming(table: string): number {
    return this.sent.filter(({ sql }) => sql.includes(table)).length;
  }

  /** No statement goes out before `release`. */
  stall(): void {
    this.closed = new Promise((resolve) => (this.open = resolve));
  }

  release(): void {
    this.closed = undefined;
    this.open();
  }
}
