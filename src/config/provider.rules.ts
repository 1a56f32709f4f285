import { globProblem } from '../common/values/glob.js';
import { pathPatternProblem } from '../common/values/path.rules.js';
import { type Fault, rule } from './fault.rule.js';

/** A list of 1 to 500 different entries, each without fault. */
function listFault(value: unknown, entryFault: Fault): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return 'must be a list with at least one entry';
  if (value.length > 500) return 'must have at most 500 entries';
  if (new Set(value).size !== value.length) return 'has an entry twice';
  for (const [i, entry] of (value as unknown[]).entries()) {
    const fault = entryFault(entry);
    if (fault) return `[${i}] ${fault}`;
  }
  return undefined;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const methodFault: Fault = (value) =>
  typeof value === 'string' && METHODS.includes(value.toUpperCase())
    ? undefined
    : `must be one of ${METHODS.join(', ')}`;

/** RFC 9110 §5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const headerFault: Fault = (value) =>
  typeof value === 'string' && HEADER_NAME.test(value) ? undefined : 'must be the name of a header';

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
/** RFC 6454 §6.2, as browsers send it: a comparison of the whole text is then enough, and no suffix can trick it. */
const originFault: Fault = (value) => {
  const wellFormed = typeof value === 'string' && ORIGIN.test(value) && URL.canParse(value);
  const asSent = wellFormed && (!/^https?:/.test(value) || new URL(value).origin === value);
  return asSent ? undefined : 'must be an origin as a browser sends it, such as https://app.example.com';
};

export const PARAM_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const choiceFault: Fault = (value) =>
  typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? undefined : globProblem(value);

function whitelistFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must map parameters to lists';
  for (const [name, choices] of Object.entries(value)) {
    const fault = PARAM_NAME.test(name) ? listFault(choices, choiceFault) : 'is no name of a parameter';
    if (fault) return `.${name.slice(0, 80)} ${fault}`;
  }
  return Object.keys(value).length === 0 ? 'must name at least one parameter' : undefined;
}

export const IsPathPatterns = rule('isPathPatterns', (value) => listFault(value, pathPatternProblem));
export const IsMethods = rule('isMethods', (value) => listFault(value, methodFault));
export const IsHeaderNames = rule('isHeaderNames', (value) => listFault(value, headerFault));
export const IsOrigins = rule('isOrigins', (value) => listFault(value, originFault));
export const IsParamWhitelist = rule('isParamWhitelist', whitelistFault);
