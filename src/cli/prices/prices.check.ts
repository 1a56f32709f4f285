import { SubCommand } from 'nest-commander';
import { failure } from '../terminal/cli.error.js';
import { printable } from '../terminal/terminal.js';
import { PricesCommand, type PricesOptions } from './prices.command.js';

interface Checked {
  ok: boolean;
  entries?: number;
  models?: number;
  problems: readonly string[];
}

@SubCommand({
  name: 'check',
  arguments: '<file>',
  argsDescription: { file: 'a price file' },
  description: 'check a price file; exit code 1 if it has an error',
})
export class PricesCheck extends PricesCommand {
  override readonly examples = ['prices check ./prices.yaml'];

  async run([file = '']: string[], options: PricesOptions): Promise<void> {
    const { readPriceFile } = await import('../../config/prices/price.loader.js');
    const { document, problems = [] } = readPriceFile(file);
    const models = new Set(document?.prices.map(({ model }) => model));
    const checked: Checked = {
      ok: document !== undefined,
      ...(document && { entries: document.prices.length, models: models.size }),
      problems,
    };
    this.print(options, checked, (each) => report(file, each));
    if (document === undefined) throw failure(problems.length === 1 ? '1 problem' : `${problems.length} problems`);
  }
}

const report = (file: string, { entries = 0, models = 0, problems }: Checked): string =>
  problems.length > 0
    ? problems.map((problem) => printable(`${file}: ${problem}`)).join('\n')
    : `${printable(file)}: ${entries} entries, ${models} models`;
