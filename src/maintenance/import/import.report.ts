export interface Tally {
  imported: number;
  /** Rows that existed before the import. */
  skipped: number;
  failed: number;
}

/** The result of an import, with the reason for every row that failed. */
export class ImportReport {
  readonly projects: Tally = { imported: 0, skipped: 0, failed: 0 };
  readonly tokens: Tally = { imported: 0, skipped: 0, failed: 0 };
  /** One sentence for each failure, without secrets. */
  readonly faults: string[] = [];

  add(other: ImportReport): void {
    for (const kind of ['projects', 'tokens'] as const)
      for (const outcome of ['imported', 'skipped', 'failed'] as const) this[kind][outcome] += other[kind][outcome];
    this.faults.push(...other.faults);
  }

  failProject(id: string, tokens: number, reason: string): void {
    this.projects.failed += 1;
    this.tokens.failed += tokens;
    this.faults.push(`project ${id}: ${reason}${tokens > 0 ? ` (its tokens: ${tokens})` : ''}`);
  }

  failToken(name: string, reason: string): void {
    this.tokens.failed += 1;
    this.faults.push(`token ${name}: ${reason}`);
  }
}
