import { Injectable } from '@nestjs/common';
import { InjectCommander } from 'nest-commander';
import { type Program, configureProgram } from './terminal/cli.command.js';

const EXIT_CODES = `
Exit codes: 0 success, 1 failure, 2 usage error, 3 not authorised, 4 server not reachable,
            65 damaged database, 78 configuration refused, 130 interrupted.`;

/** The root of the command tree. */
@Injectable()
export class RootProgram {
  constructor(@InjectCommander() readonly program: Program) {
    configureProgram(program);
    program
      .name('llm-proxy')
      .description('A transparent, secure proxy for the OpenAI API.')
      .addHelpText('after', EXIT_CODES);
  }
}
