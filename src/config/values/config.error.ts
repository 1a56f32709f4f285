import { EXIT, StartupError } from '../../common/errors/startup.error.js';

/** The configuration is invalid. Each problem is one line for the operator that names the variable and shows no secret. */
export class ConfigError extends StartupError {
  constructor(problems: readonly string[]) {
    super(EXIT.config, problems);
    this.name = 'ConfigError';
  }
}
