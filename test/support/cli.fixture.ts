import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type ApiCall, type ManagementApi, managementApi } from './cli.api.js';
import { cli, cliOnScreen, type CliResult, cliTyped, scratch } from './cli.run.js';

type Answer = Parameters<ManagementApi['answer']>[0];

/** The `manage` commands in front of a management API whose responses the test sets, for the tests of one file. */
export class CliFixture {
  readonly files = scratch();
  /** An `--env` file with a management token. */
  readonly env = this.files.file('.env', 'MANAGEMENT_TOKEN=operator-token\n');
  api!: ManagementApi;

  /** Starts before the first test of the file and stops after the last. Every test begins with no calls and this response. */
  static forTests(answer: Answer): CliFixture {
    const fixture = new CliFixture();
    beforeAll(async () => {
      fixture.api = await managementApi();
    });
    beforeEach(() => {
      fixture.api.calls.length = 0;
      fixture.api.answer(answer);
    });
    afterAll(async () => {
      fixture.files.remove();
      await fixture.api.close();
    });
    return fixture;
  }

  /** Where the API is and what opens it, as flags. */
  get access(): readonly string[] {
    return ['--env', this.env, '--manage-api-base-url', this.api.url];
  }

  /** Runs `manage <argv>` against the API, with `input` piped in. */
  manage(argv: readonly string[], input?: string): Promise<CliResult> {
    return cli(['manage', ...argv, ...this.access], input);
  }

  /** The same at a keyboard; the results go into a pipe. */
  manageTyped(argv: readonly string[], answers: Record<string, string>): Promise<CliResult> {
    return cliTyped(['manage', ...argv, ...this.access], answers);
  }

  /** The same at a terminal. */
  manageOnScreen(
    argv: readonly string[],
    shown?: { columns?: number; answers?: Record<string, string> },
  ): Promise<CliResult> {
    return cliOnScreen(['manage', ...argv, ...this.access], shown);
  }

  get lastCall(): ApiCall {
    return this.api.calls.at(-1)!;
  }
}
