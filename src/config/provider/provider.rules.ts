import { entriesProblem, type Problem, sentence, validator } from '../../common/rest/validator.js';
import { globProblem } from '../../common/values/glob.js';
import { pathPatternProblem } from '../../common/values/path.rules.js';

const MAX_ENTRIES = 500;

function listProblem(value: unknown, entryProblem: Problem): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ENTRIES)
    return `must be a list of 1 to ${MAX_ENTRIES} entries`;
  return entriesProblem(value, entryProblem);
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const methodProblem: Problem = (value) =>
  typeof value === 'string' && METHODS.includes(value.toUpperCase())
    ? undefined
    : `must be one of ${METHODS.join(', ')}`;

/** RFC 9110 §5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const headerProblem: Problem = (value) =>
  typeof value === 'string' && HEADER_NAME.test(value) ? undefined : 'must be the name of a header';

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
/** An origin as browsers send it (RFC 6454 §6.2), so that a comparison of the whole text is enough. */
const originProblem: Problem = (value) => {
  const wellFormed = typeof value === 'string' && ORIGIN.test(value) && URL.canParse(value);
  const asSent = wellFormed && (!/^https?:/.test(value) || new URL(value).origin === value);
  return asSent ? undefined : 'must be an origin as a browser sends it, such as https://app.example.com';
};

/** The name of a top-level field of a request body. */
const PARAM_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const choiceProblem: Problem = (value) =>
  typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? undefined : globProblem(value);

function whitelistProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'must map names of parameters to lists of values';
  for (const [name, choices] of Object.entries(value)) {
    const problem = PARAM_NAME.test(name)
      ? listProblem(choices, choiceProblem)
      : 'is not a valid name of a parameter: use at most 64 characters of A-Z, a-z, 0-9, _, . and -';
    if (problem) return `.${sentence(name.slice(0, 80), problem)}`;
  }
  return Object.keys(value).length === 0 ? 'must contain at least one parameter' : undefined;
}

export const IsPathPatterns = validator('isPathPatterns', (value) => listProblem(value, pathPatternProblem));
export const IsMethods = validator('isMethods', (value) => listProblem(value, methodProblem));
export const IsHeaderNames = validator('isHeaderNames', (value) => listProblem(value, headerProblem));
export const IsOrigins = validator('isOrigins', (value) => listProblem(value, originProblem));
export const IsParamWhitelist = validator('isParamWhitelist', whitelistProblem);
