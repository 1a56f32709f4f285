import { Option, SubCommand } from 'nest-commander';
import type { PriceImport } from '../../openai/prices/price.import.js';
import { usageError } from '../terminal/cli.error.js';
import { printable } from '../terminal/terminal.js';
import { PricesCommand, type PricesOptions, pricesPath, today, utcDay } from './prices.command.js';

interface ImportOptions extends PricesOptions {
  into?: string;
  from?: string;
  dryRun?: true;
  env?: string;
}

@SubCommand({
  name: 'import',
  arguments: '<file>',
  argsDescription: { file: 'a price file, or the JSON of genai-prices or of LiteLLM' },
  description: 'append the prices that differ to a price file, as later entries; existing ones are not changed',
})
export class PricesImport extends PricesCommand {
  override readonly examples = [
    'prices import model_prices_and_context_window.json --into ./prices.yaml --dry-run',
    'prices import ./new.yaml --into ./prices.yaml',
  ];

  async run([file = '']: string[], options: ImportOptions): Promise<void> {
    const into = options.into ?? pricesPath(options.env);
    if (into === undefined) throw usageError('--into is required, because PRICES_PATH is not set');
    // Loaded only here: help needs no YAML parser.
    const { importInto } = await import('./price.file.import.js');
    const imported = importInto(into, file, { day: options.from ?? today(), isDry: options.dryRun === true });
    const { added, unchanged, older } = imported;
    const result = { dry_run: options.dryRun ?? false, file: into, added, unchanged, older };
    this.print(options, result, () => report(into, imported, options.dryRun === true));
  }

  @Option({
    flags: '--into <file>',
    description: 'the price file; made when it does not exist (default: PRICES_PATH)',
  })
  parseInto(value: string): string {
    return value;
  }

  @Option({ flags: '--from <date>', description: 'first UTC day of prices without a date (default: today)' })
  parseFrom(value: string): string {
    return utcDay('--from', value);
  }

  @Option({ flags: '--dry-run', description: 'report what would be appended, write nothing' })
  parseDryRun(): true {
    return true;
  }

  @Option({
    flags: '--env <file>',
    description: 'variables file with PRICES_PATH; the environment takes precedence (default: .env)',
  })
  parseEnv(value: string): string {
    return value;
  }
}

function report(into: string, { added, unchanged, older }: PriceImport, isDry: boolean): string {
  const verb = isDry ? 'would be appended' : 'appended';
  const models = [...new Set(added.map(({ model }) => model))].map(printable);
  return [
    `${printable(into)}: ${added.length} entries ${verb}, ${unchanged} prices unchanged`,
    ...models.map((model) => `  ${model}`),
    ...(older > 0 ? [`${older} prices differ from entries of the same or a later date, which are not changed`] : []),
  ].join('\n');
}
