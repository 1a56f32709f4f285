import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { load } from 'js-yaml';
import { ProviderSection } from './provider.file.js';

const PROVIDER_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const TOP_LEVEL = new Set(['default_api', 'apis']);

/** What a provider file says, or every fault of it, one line each, naming the file and the key. */
export interface ProviderFile {
  /** By name; only what has no fault. */
  sections: Map<string, ProviderSection>;
  defaultApi: string | undefined;
  faults: string[];
}

export function readProviderFile(path: string): ProviderFile {
  const file: ProviderFile = { sections: new Map(), defaultApi: undefined, faults: [] };
  const fault = (text: string) => file.faults.push(`API_CONFIG_PATH ${path}: ${text}`);
  const document = parse(path, fault);
  if (document !== undefined) readDocument(document, file, fault);
  return file;
}

type Say = (text: string) => unknown;
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(path: string, fault: Say): unknown {
  try {
    return load(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    const { code, reason, mark } = error as { code?: string; reason?: string; mark?: { line: number } };
    fault(code ? `cannot be read (${code})` : `is not YAML (${reason ?? 'unknown'}, line ${(mark?.line ?? 0) + 1})`);
    return undefined;
  }
}

function readDocument(document: unknown, file: ProviderFile, fault: Say): void {
  if (!isMap(document)) return void fault('must be a map with the key apis');
  for (const key of Object.keys(document)) if (!TOP_LEVEL.has(key)) fault(`${key} is not a known key`);
  const { apis, default_api: defaultApi } = document;
  if (!isMap(apis) || Object.keys(apis).length === 0) return void fault('apis must name at least one provider');
  for (const [name, section] of Object.entries(apis)) readSection(name, section, file, fault);
  if (defaultApi === undefined) return;
  if (typeof defaultApi !== 'string' || !Object.hasOwn(apis, defaultApi)) fault('default_api must name one of apis');
  else file.defaultApi = defaultApi;
}

function readSection(name: string, section: unknown, file: ProviderFile, fault: Say): void {
  const key = `apis.${name.slice(0, 80)}`;
  if (!PROVIDER_NAME.test(name))
    return void fault(`${key} is no name for a provider: use a-z, 0-9, - and _, at most 64 characters`);
  // `default` on the command line means the standard provider.
  if (name === 'default') return void fault(`${key} is a reserved name`);
  if (!isMap(section)) return void fault(`${key} must be a section`);
  const instance = plainToInstance(ProviderSection, section);
  const faults = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true }).flatMap((error) =>
    lines(key, error),
  );
  for (const line of faults) fault(line);
  if (faults.length === 0) file.sections.set(name, instance);
}

/** One line a key: the rule that reads first (decorators run from the bottom up, so it is the last to fail). */
function lines(parent: string, { property, constraints, children = [] }: ValidationError): string[] {
  const key = `${parent}.${property}`;
  if (children.length > 0) return children.flatMap((child) => lines(key, child));
  const [rule, message = 'is not valid'] = Object.entries(constraints ?? {}).at(-1) ?? [];
  if (rule === 'whitelistValidation') return [`${key} is not a known key`];
  return [/^[.[]/.test(message) ? `${key}${message}` : `${key} ${message}`];
}
