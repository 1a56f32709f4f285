import { validateSync } from 'class-validator';
import { parseDuration } from '../../common/values/duration.js';
import { firstFailure, sentence } from '../../common/rest/validator.js';
import { databaseFileProblems } from '../values/config.validators.js';
import { type Environment, SECRET_VARIABLES } from './environment.js';
import { driverOf } from './given.variables.js';
import { mysqlProblem } from '../values/mysql.url.js';
import { sinkProblems } from './sink.problems.js';
import { postgresProblem } from '../values/postgres.url.js';

/** What is wrong with the values of variables, alone and together: one line each, with the name of the variable first. */
export function environmentProblems(env: Environment): string[] {
  const written = Object.entries(env).flatMap(([name, value]) => writingProblem(name, value as unknown));
  if (written.length > 0) return [...written, ...ruleProblems(env).filter((line) => !isAbout(line, written))];
  return ruleProblems(env);
}

const ruleProblems = (env: Environment): string[] => [
  ...validateSync(env).map((error) => sentence(error.property, firstFailure(error).message)),
  ...keyProblems(env),
  ...databaseProblems(env),
  ...sinkProblems(env),
  ...eventProblems(env),
  ...sessionProblems(env),
];

/** Whether a line is about a variable that has a line already. */
const isAbout = (line: string, lines: readonly string[]): boolean =>
  lines.some((other) => other.split(' ')[0] === line.split(' ')[0]);

/** Keys as PEM. */
const MAY_HAVE_LINES = new Set(['AUDIT_SIGNING_KEY', 'AUDIT_PREVIOUS_KEYS']);

const isSecret = (name: string): boolean => SECRET_VARIABLES.some((secret) => secret === name);

/** What the way in which a value came here has added to it: no valid value has it. */
function writingProblem(name: string, value: unknown): string[] {
  if (typeof value !== 'string') return [];
  if (/^(["'`])[^]*\1$/.test(value) && value.length > 1)
    return [`${name} has quotes around its value: remove them, because docker --env-file and Kubernetes keep quotes`];
  if (/[\r\n]/.test(value) && !MAY_HAVE_LINES.has(name)) return [`${name} has a line break in its value: remove it`];
  return isSecret(name) && value !== value.trim() ? [`${name} has white space around its value: remove it`] : [];
}

function keyProblems(env: Environment): string[] {
  const problems: string[] = [];
  if (env.NODE_ENV === 'production' && env.ENCRYPTION_KEY === undefined)
    problems.push('ENCRYPTION_KEY is required when NODE_ENV=production');
  if (env.REQUIRE_ENCRYPTION_KEY === 'true' && env.ENCRYPTION_KEY === undefined)
    problems.push('ENCRYPTION_KEY is required when REQUIRE_ENCRYPTION_KEY=true');
  if (env.ENCRYPTION_KEY && env.ENCRYPTION_KEY === env.MANAGEMENT_TOKEN)
    problems.push('ENCRYPTION_KEY must differ from MANAGEMENT_TOKEN');
  if (env.ENCRYPTION_KEY_PREVIOUS !== undefined && env.ENCRYPTION_KEY === undefined)
    problems.push('ENCRYPTION_KEY_PREVIOUS needs ENCRYPTION_KEY, the key that replaces it');
  if (env.ENCRYPTION_KEY_PREVIOUS !== undefined && env.ENCRYPTION_KEY_PREVIOUS === env.ENCRYPTION_KEY)
    problems.push('ENCRYPTION_KEY_PREVIOUS must differ from ENCRYPTION_KEY');
  if (env.MANAGEMENT_TOKEN_PREVIOUS !== undefined && env.MANAGEMENT_TOKEN_PREVIOUS === env.MANAGEMENT_TOKEN)
    problems.push('MANAGEMENT_TOKEN_PREVIOUS must differ from MANAGEMENT_TOKEN');
  if (env.METRICS_TOKEN !== undefined && env.METRICS_TOKEN === env.MANAGEMENT_TOKEN)
    problems.push('METRICS_TOKEN must differ from MANAGEMENT_TOKEN, which allows everything');
  return [...problems, ...previousTokenProblems(env)];
}

/** The previous management token allows everything too. */
const previousTokenProblems = (env: Environment): string[] =>
  (['METRICS_TOKEN', 'ENCRYPTION_KEY'] as const).flatMap((name) =>
    env[name] !== undefined && env[name] === env.MANAGEMENT_TOKEN_PREVIOUS
      ? [`${name} must differ from MANAGEMENT_TOKEN_PREVIOUS, which allows everything`]
      : [],
  );

/** Lengths that cannot be read have lines of their own. */
function sessionProblems({ ADMIN_SESSION_IDLE: idle, ADMIN_SESSION_MAX: max }: Environment): string[] {
  return (parseDuration(idle) ?? 0) > (parseDuration(max) ?? Infinity)
    ? ['ADMIN_SESSION_IDLE must be at most ADMIN_SESSION_MAX']
    : [];
}

const eventProblems = (env: Environment): string[] =>
  env.LLM_PROXY_EVENT_BUS === 'redis-streams' && env.REDIS_URL === undefined
    ? ['REDIS_URL is required when LLM_PROXY_EVENT_BUS=redis-streams']
    : [];

function databaseProblems(env: Environment): string[] {
  if (env.DB_DRIVER === 'sqlite') return sqliteProblems(env);
  if (env.DB_DRIVER !== 'postgres' && env.DB_DRIVER !== 'mysql') return [];
  if (env.DATABASE_URL === undefined) return [`DATABASE_URL is required when DB_DRIVER=${env.DB_DRIVER}`];
  const isPostgres = driverOf(env.DATABASE_URL) === 'postgres';
  if (isPostgres !== (env.DB_DRIVER === 'postgres'))
    return [`DATABASE_URL must begin with ${SCHEMES[env.DB_DRIVER]} when DB_DRIVER=${env.DB_DRIVER}`];
  const problem = (isPostgres ? postgresProblem : mysqlProblem)(env.DATABASE_URL);
  return problem === undefined ? databaseFileProblems(env.DATABASE_URL) : [];
}

const SCHEMES = { postgres: 'postgres://', mysql: 'mysql://' };

const sqliteProblems = (env: Environment): string[] => [
  // A URL of another kind has a line of its own.
  ...(driverOf(env.DATABASE_URL) === undefined
    ? []
    : ['DATABASE_URL is set, but DB_DRIVER is sqlite: set DB_DRIVER to postgres or mysql, or remove DATABASE_URL']),
  ...(env.WORKERS === '1' ? [] : ['WORKERS must be 1 when DB_DRIVER=sqlite: only one process can use a SQLite file']),
];
