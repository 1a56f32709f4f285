import { Command } from 'nest-commander';
import { CommandGroup } from '../terminal/cli.command.js';
import { PricesCheck } from './prices.check.js';
import { PricesImport } from './prices.import.js';
import { PricesShow } from './prices.show.js';

const COMMANDS = [PricesShow, PricesCheck, PricesImport];

@Command({ name: 'prices', description: 'show, check and extend the price list of models', subCommands: COMMANDS })
export class PricesGroup extends CommandGroup {
  override readonly examples = ['prices show gpt-5.6-terra', 'prices check ./prices.yaml'];
  protected override readonly docs = 'docs/observability/usage-and-cost.md';
}

export const PRICES_COMMANDS = [PricesGroup, ...COMMANDS];
