import { compileGlob, type Glob } from '../common/values/glob.js';
import { compileNetworks, type Networks } from '../common/values/networks.js';
import { compilePaths, type PathRules } from '../common/values/path.rules.js';
import type { TokenEntity } from './token.entity.js';

/** What a token is bound to; whatever is absent does not bind. */
export interface TokenScope {
  readonly models: ModelScope | undefined;
  readonly endpoints: PathRules | undefined;
  readonly networks: Networks | undefined;
  /** All of it as text: two tokens of one text are bound alike. */
  readonly text: string;
}

export interface ModelScope {
  readonly globs: readonly Glob[];
  /** As they were entered, for the refusal. */
  readonly names: readonly string[];
}

type Bindings = Pick<TokenEntity, 'allowedModels' | 'allowedEndpoints' | 'allowedIps'>;

/** Compiled once, when a token is loaded; undefined when nothing binds it. An empty list, which is never stored, allows nothing. */
export function compileScope({ allowedModels, allowedEndpoints, allowedIps }: Bindings): TokenScope | undefined {
  if (!allowedModels && !allowedEndpoints && !allowedIps) return undefined;
  return {
    models: allowedModels ? { globs: allowedModels.map(compileGlob), names: allowedModels } : undefined,
    endpoints: allowedEndpoints ? compilePaths(allowedEndpoints) : undefined,
    networks: allowedIps ? compileNetworks(allowedIps) : undefined,
    text: JSON.stringify([allowedModels, allowedEndpoints, allowedIps]),
  };
}
