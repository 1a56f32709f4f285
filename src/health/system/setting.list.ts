import type { Json } from '../../common/audit/json.js';
import { configChanges } from '../../changes/system/config.changes.js';
import { Environment, SECRET_VARIABLES, VARIABLES } from '../../config/environment/environment.js';
import type { ShownVariables } from '../../config/environment/shown.variables.js';
import type { VariableSources } from '../../config/values/variables.js';
import type { SystemSetting } from './system.dto.js';

const SECRETS = new Set<string>(SECRET_VARIABLES);

/** The names of the variables of which two replicas have different values. */
export const differingNames = (own: ShownVariables, other: ShownVariables): string[] =>
  Object.keys(configChanges(own, other));

/** Every variable, by name. `differing` has the names of the replicas with another value, by the name of the variable. */
export function settingList(
  own: ShownVariables,
  sources: VariableSources,
  differing: ReadonlyMap<string, readonly string[]>,
): SystemSetting[] {
  const defaults: Readonly<Partial<Record<string, string | number>>> = { ...new Environment() };
  return VARIABLES.map((name): SystemSetting => {
    const shown = own.values[name];
    const byDefault = defaults[name] === undefined ? null : String(defaults[name]);
    const isSet = shown !== undefined;
    return {
      name,
      value: isSet ? textOf(shown) : byDefault,
      secret: SECRETS.has(name),
      set: isSet,
      source: isSet ? (sources[name] ?? 'environment') : 'default',
      default: byDefault,
      differs_on: [...(differing.get(name) ?? [])],
    };
  }).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Of a secret nothing, of a URL or a file what is no secret. */
function textOf(shown: Json): string | null {
  if (typeof shown === 'string') return shown;
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return null;
  const { value, path } = shown as { readonly [name: string]: Json };
  const text = value ?? path;
  return typeof text === 'string' ? text : null;
}
