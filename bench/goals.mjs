/** The performance goals for the default configuration: the bound to reach now, and the next one. */
const GOALS = [
  { row: 'json.cpu.floor', now: 1.3, later: 1.2 },
  { row: 'json.cpu.floor', only: ['sums only'], now: 1.25, later: 1.2 },
  { row: 'json.cpu.floor', only: ['file sink'], now: 1.35, later: 1.2 },
  { row: 'json.cpu.nginx', now: 5.8, later: 4.2 },
  { row: 'stream.cpu.floor', now: 0.75, later: 0.6 },
  { row: 'stream.held', now: 5, later: 5 },
  { row: 'latency.p50.floor', now: 1.35, later: 1.1 },
  { row: 'stream.first.floor', now: 1.4, later: 1 },
  { row: 'memory.5000', now: 32, later: 20 },
  { row: 'upload.peak', now: 48, later: 16 },
  { row: 'start.floor', now: 2.3, later: 1.6 },
  // Measured by bench/management.mjs.
  { row: 'manage.write', now: 1.3, later: 1.2 },
  // Milliseconds, measured by bench/audit.mjs.
  { row: 'audit.page', now: 100, later: 50 },
];
/** Goals apply to uncapped tokens, because a token is uncapped by default. */
const JUDGED = ['sqlite', 'postgres'];

/** The goals that this run has a figure for, for each database. A missing figure does not reach a goal. */
export function judge(rows) {
  return GOALS.flatMap(({ row: id, only = JUDGED, now, later }) => {
    const row = rows.find((candidate) => candidate.id === id);
    const measured = only.filter((target) => Number.isFinite(row?.values[target]?.median));
    return measured.map((target) => {
      const { median } = row.values[target];
      return { goal: row.title, row: id, target, value: median, now, later, reached: median <= now };
    });
  });
}
