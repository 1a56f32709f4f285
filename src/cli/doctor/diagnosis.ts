import { ownCommand } from '../../common/values/own.command.js';
import type { AppConfig } from '../../config/app.config.js';
import { loadConfig } from '../../config/config.loader.js';
import type { Variables } from '../../config/values/variables.js';
import { StartupError } from '../../common/errors/startup.error.js';
import { connectionLimit, openFileLimit } from '../../server/connection.limit.js';
import { checkDatabase } from './database.check.js';
import { checkEvents } from './events.check.js';
import { variablesFile } from './file.checks.js';
import { fail, type Finding, ok, warn } from './finding.js';
import { checkRedis } from './redis.check.js';
import { checkUpstreams } from './upstream.check.js';

/** Descriptors for a few hundred concurrent requests. */
const FEW_DESCRIPTORS = 4096;

/** Every check, in the order that they are shown. `read` gives the variables, or throws as a start would. */
export async function diagnose(envFile: string, read: () => Variables): Promise<Finding[]> {
  const { config, findings } = configuration(read);
  const dependent = config
    ? await Promise.all([
        checkDatabase(config.database),
        checkEvents(config),
        checkRedis(config),
        checkUpstreams(config.providers.all),
      ])
    : [warn('database, events, redis, upstreams, clock', 'not checked', 'correct the configuration first')];
  return [...findings, variablesFile(envFile), ...dependent.flat(), fileLimit(config)];
}

function configuration(read: () => Variables): { config?: AppConfig; findings: Finding[] } {
  try {
    const { config, warnings } = loadConfig(read());
    const findings = warnings.map((line) => warn('configuration', line, 'see docs/getting-started/configuration.md'));
    return { config, findings: findings.length > 0 ? findings : [ok('configuration', 'all variables are valid')] };
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    const advice = `see docs/getting-started/configuration.md; \`${ownCommand('setup')}\` writes what is missing`;
    return { findings: error.problems.map((line) => fail('configuration', line, advice)) };
  }
}

function fileLimit(config: AppConfig | undefined): Finding {
  const limit = openFileLimit();
  if (limit === undefined) return ok('file limit', 'not known on this system');
  const connections = connectionLimit(config?.client.maxConnections ?? 0, config?.workers ?? 1, limit);
  const detail = `${limit} open files allow ${connections} client connections in a process`;
  return limit < FEW_DESCRIPTORS
    ? warn('file limit', detail, 'raise it: `ulimit -n 65536`, LimitNOFILE= of systemd, or ulimits of Docker')
    : ok('file limit', detail);
}
