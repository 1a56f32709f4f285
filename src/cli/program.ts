import { Injectable } from '@nestjs/common';
import { InjectCommander } from 'nest-commander';
import { type Program, tame } from './terminal/cli.command.js';

const EXIT_CODES = `
Exit codes: 0 ok, 1 failed, 2 usage, 3 not authorised, 4 not reachable,
            65 or 78 when the server refuses its data or its configuration.`;

/** The root of the command tree. */
@Injectable()
export class RootProgram {
  constructor(@InjectCommander() readonly program: Program) {
    tame(program);
    program
      .name('llm-proxy')
      .description('A transparent, secure proxy for the OpenAI API.')
      .addHelpText('after', EXIT_CODES);
  }
}
