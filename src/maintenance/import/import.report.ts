export interface Tally {
  imported: number;
  /** Was there before. */
  skipped: number;
  failed: number;
}

/** What an import did, and why it left out what it left out. */
export class ImportReport {
  readonly projects: Tally = { imported: 0, skipped: 0, failed: 0 };
  readonly tokens: Tally = { imported: 0, skipped: 0, failed: 0 };
  /** One sentence each, without secrets. */
  readonly faults: string[] = [];

  add(other: ImportReport): void {
    for (const kind of ['projects', 'tokens'] as const)
      for (const outcome of ['imported', 'skipped', 'failed'] as const) this[kind][outcome] += other[kind][outcome];
    this.faults.push(...other.faults);
  }

  failProject(id: string, tokens: number, why: string): void {
    this.projects.failed += 1;
    this.tokens.failed += tokens;
    this.faults.push(`project ${id}: ${why}${tokens > 0 ? ` (its tokens: ${tokens})` : ''}`);
  }

  failToken(name: string, why: string): void {
    this.tokens.failed += 1;
    this.faults.push(`token ${name}: ${why}`);
  }
}
