const entriesOf = (header: string | string[] | undefined): [name: string, weight: number][] =>
  String(header ?? '')
    .toLowerCase()
    .split(',')
    .map((entry) => entry.split(';').map((part) => part.trim()))
    .map(([name, ...parameters]) => [name!, weightOf(parameters)]);

/** 1 without a weight, and for one that cannot be read. */
const weightOf = (parameters: readonly string[]): number =>
  Number(parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find(Boolean) ?? 1);

/** The codings that a client accepts, in lower case, with their weights (RFC 9110 §12.5.3). */
export const acceptedCodings = (header: string | string[] | undefined): Map<string, number> =>
  new Map(entriesOf(header).filter(([, weight]) => weight > 0));

/** Whether the header `Accept` names this media type itself, and not as unwanted (RFC 9110 §12.5.1). */
export const namesMediaType = (header: string | undefined, type: string): boolean =>
  entriesOf(header).some(([name, weight]) => name === type && weight > 0);

/** Whether the client's copy is current (RFC 9110 §13.1.2), by weak comparison. */
export const isCurrent = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^(?!W\/)"/, 'W/"'))
    .some((tag) => tag === '*' || tag === etag);
