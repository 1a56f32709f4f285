import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { load } from 'js-yaml';
import { firstFailure, sentence } from '../../common/rest/validator.js';
import { ConfigError } from '../values/config.error.js';
import { ProviderSection } from './provider.file.js';

const PROVIDER_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const TOP_LEVEL = new Set(['default_api', 'apis']);

export interface ProviderFile {
  /** By the name of the provider. */
  sections: Map<string, ProviderSection>;
  /** The name of the provider of projects that name none. */
  defaultApi: string | undefined;
}

/** Reads a YAML file of providers. Throws ConfigError with every problem, one line each, that names the file and the key. */
export function readProviderFile(path: string): ProviderFile {
  const { document, problems } = parseYaml(path);
  problems.push(...(problems.length > 0 ? [] : documentProblems(document)));
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `API_CONFIG_PATH ${path}: ${problem}`));
  const { apis, default_api: defaultApi } = document as { apis: Record<string, object>; default_api?: string };
  const sections = Object.entries(apis).map(([name, section]) => [name, sectionOf(section)] as const);
  return { sections: new Map(sections), defaultApi };
}

function parseYaml(path: string): { document: unknown; problems: string[] } {
  try {
    return { document: load(readFileSync(path, 'utf8')) ?? {}, problems: [] };
  } catch (error) {
    const { code, reason, mark } = error as { code?: string; reason?: string; mark?: { line: number } };
    const place = `${reason ?? 'unknown'}, line ${(mark?.line ?? 0) + 1}`;
    return { document: undefined, problems: [code ? `cannot be read (${code})` : `is not YAML (${place})`] };
  }
}

const sectionOf = (section: object): ProviderSection => plainToInstance(ProviderSection, section);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function documentProblems(document: unknown): string[] {
  if (!isMap(document)) return ['must be a map with the key apis'];
  const { apis, default_api: defaultApi } = document;
  const unknown = Object.keys(document).filter((key) => !TOP_LEVEL.has(key));
  const problems = unknown.map((key) => `${key} is not a known key`);
  if (!isMap(apis) || Object.keys(apis).length === 0) return [...problems, 'apis must contain at least one provider'];
  for (const [name, section] of Object.entries(apis)) problems.push(...sectionProblems(name, section));
  const isProvider = typeof defaultApi === 'string' && Object.hasOwn(apis, defaultApi);
  if (defaultApi !== undefined && !isProvider) problems.push('default_api must be the name of a provider in apis');
  return problems;
}

function sectionProblems(name: string, section: unknown): string[] {
  const key = `apis.${name.slice(0, 80)}`;
  if (!PROVIDER_NAME.test(name))
    return [`${key} is not a valid name of a provider: use at most 64 characters of a-z, 0-9, - and _`];
  // On the command line `default` means the standard provider.
  if (name === 'default') return [`${key} is a reserved name: rename this provider`];
  if (!isMap(section)) return [`${key} must be a section`];
  const errors = validateSync(sectionOf(section), { whitelist: true, forbidNonWhitelisted: true });
  return errors.flatMap((error) => keyProblems(key, error));
}

/** One line for each key. */
function keyProblems(parent: string, error: ValidationError): string[] {
  const key = `${parent}.${error.property}`;
  if (error.children?.length) return error.children.flatMap((child) => keyProblems(key, child));
  const { rule, message } = firstFailure(error);
  return [rule === 'whitelistValidation' ? `${key} is not a known key` : sentence(key, message)];
}
