import { Option, SubCommand } from 'nest-commander';
import { TIERS } from '../../openai/prices/price.document.js';
import type { PriceList } from '../../openai/prices/price.list.js';
import { failure } from '../terminal/cli.error.js';
import { printable } from '../terminal/terminal.js';
import { PricesCommand, type PricesOptions, pricesPath, today, utcDay } from './prices.command.js';
import { listTable, modelTable, type PriceView } from './prices.output.js';

interface ShowOptions extends PricesOptions {
  at?: string;
  env?: string;
}

@SubCommand({
  name: 'show',
  arguments: '[model]',
  argsDescription: { model: 'the name of a model, as it stands in responses (default: all models of the list)' },
  description: 'show the prices of a day, in every tier',
})
export class PricesShow extends PricesCommand {
  override readonly examples = ['prices show gpt-5.6-terra', 'prices show gpt-5.6-terra --at 2026-07-01 --json'];

  async run([model]: string[], options: ShowOptions): Promise<void> {
    // Loaded only here: help needs no YAML parser.
    const { openPrices } = await import('../../config/prices/price.loader.js');
    const list = openPrices(pricesPath(options.env));
    const at = options.at ?? today();
    if (model === undefined) this.showAll(list, at, options);
    else this.showModel(list, model, at, options);
  }

  private showModel(list: PriceList, model: string, at: string, options: ShowOptions): void {
    const name = list.nameOf(model);
    const prices = name === undefined ? [] : viewsOf(list, name, at);
    if (name === undefined || prices.length === 0)
      throw failure(`the price list has no price of ${printable(model.slice(0, 200))} on ${at}`);
    this.print(options, { model, name, at, as_of: list.asOf, prices }, modelTable);
  }

  private showAll(list: PriceList, at: string, options: ShowOptions): void {
    const all = list.names.map((model) => ({ model, prices: viewsOf(list, model, at) }));
    const models = all.filter(({ prices }) => prices.length > 0);
    this.print(options, { at, as_of: list.asOf, models }, listTable);
  }

  @Option({ flags: '--at <date>', description: 'UTC day such as 2026-07-30, or a time (default: today)' })
  parseAt(value: string): string {
    return utcDay('--at', value);
  }

  @Option({
    flags: '--env <file>',
    description: 'variables file with PRICES_PATH; the environment takes precedence (default: .env)',
  })
  parseEnv(value: string): string {
    return value;
  }
}

const viewsOf = (list: PriceList, name: string, at: string): PriceView[] =>
  TIERS.flatMap((tier) =>
    list.pricesOn(name, tier, at).rows.map(({ unit, above, from, picoUsd }) => ({
      tier,
      above,
      unit,
      from,
      pico_usd: picoUsd,
    })),
  );
