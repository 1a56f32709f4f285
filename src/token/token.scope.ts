import { compileGlob, type Glob } from '../common/values/glob.js';
import { compileNetworks, type Networks } from '../common/values/networks.js';
import { compilePaths, type PathRules } from '../common/values/path.rules.js';
import type { TokenEntity } from './token.entity.js';

/** The restrictions of a token. An absent one allows everything. */
export interface TokenScope {
  readonly models: ModelScope | undefined;
  readonly endpoints: PathRules | undefined;
  readonly networks: Networks | undefined;
  /** All restrictions as text: scopes with the same text are equal. */
  readonly text: string;
}

export interface ModelScope {
  readonly globs: readonly Glob[];
  /** As they were entered, for the refusal. */
  readonly names: readonly string[];
}

type Restrictions = Pick<TokenEntity, 'allowedModels' | 'allowedEndpoints' | 'allowedIps'>;

/** Compiles the scope of a token that is loaded. Undefined without restrictions. An empty list, which is never stored, allows nothing. */
export function compileScope({ allowedModels, allowedEndpoints, allowedIps }: Restrictions): TokenScope | undefined {
  if (!allowedModels && !allowedEndpoints && !allowedIps) return undefined;
  return {
    models: allowedModels ? { globs: allowedModels.map(compileGlob), names: allowedModels } : undefined,
    endpoints: allowedEndpoints ? compilePaths(allowedEndpoints) : undefined,
    networks: allowedIps ? compileNetworks(allowedIps) : undefined,
    text: JSON.stringify([allowedModels, allowedEndpoints, allowedIps]),
  };
}
