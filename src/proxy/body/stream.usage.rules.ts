import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import type { FieldRule } from './field.validator.js';

/**
 * The rules for one body of a provider with `stream_usage: require`: a stream must ask for its usage. A value of `stream`
 * that some server could read as true counts as true. The members may come in any order, so each rule knows of the other.
 */
export function streamUsageRules(): FieldRule[] {
  let streams: boolean | undefined;
  let asks: boolean | undefined;
  const refusal = (): ApiError | undefined => (streams && asks === false ? errors.streamUsageRequired() : undefined);
  const includeUsage: FieldRule = {
    name: 'include_usage',
    refusal: (value) => {
      asks = value === true;
      return undefined;
    },
  };
  return [
    {
      name: 'stream',
      refusal: (value) => {
        streams = value !== false && value !== null;
        return refusal();
      },
    },
    {
      name: 'stream_options',
      members: [includeUsage],
      refusal: () => {
        asks ??= false;
        return refusal();
      },
      missing: () => (streams ? errors.streamUsageRequired() : undefined),
    },
  ];
}
