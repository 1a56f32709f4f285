import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const RUN = new URL('../../bench/run.mjs', import.meta.url).pathname;
const FIGURES = [
  'json.cpu',
  'json.rate.floor',
  'latency.p50',
  'stream.cpu',
  'stream.held',
  'memory.50',
  'upload.rate',
  'start.ms',
];

interface Report {
  machine: { node: string };
  rows: { id: string; values: Record<string, { rounds: number }> }[];
  goals: { row: string; target: string; reached: boolean }[];
  bad: Record<string, number>;
}

const bench = async (...options: string[]) => promisify(execFile)(process.execPath, [RUN, ...options]);

/** Whether it still runs; what it measures in so short a time means nothing. */
describe.skipIf(process.platform !== 'linux')('npm run bench', () => {
  it('has every figure of the floor and of ours, and no wrong response', { timeout: 120_000 }, async () => {
    const { stdout } = await bench('--smoke', '--json', '--targets', 'floor,sqlite');
    const report = JSON.parse(stdout) as Report;
    expect(report.machine.node).toBe(process.versions.node);
    expect(report.bad).toEqual({});
    for (const id of FIGURES) {
      const row = report.rows.find((candidate) => candidate.id === id);
      for (const target of ['floor', 'sqlite']) expect(row?.values[target]?.rounds, `${id} of ${target}`).toBe(1);
    }
    expect(report.goals.map(({ row }) => row)).toContain('json.cpu.floor');
  });

  it('refuses what it does not know', async () => {
    await expect(bench('--only', 'luck')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no luck'),
    });
  });
});
