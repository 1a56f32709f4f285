import { Injectable } from '@nestjs/common';
import { InjectCommander } from 'nest-commander';
import { VERSION } from '../common/values/package.js';
import { configureProgram, helpEnd, type Program } from './terminal/cli.command.js';

const EXAMPLES = ['start', 'doctor', 'manage project create --name my-project'];
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
      .version(VERSION, '-v, --version', 'print the version')
      .addHelpText('after', `${helpEnd(EXAMPLES, 'docs/README.md')}\n${EXIT_CODES}`);
  }
}
