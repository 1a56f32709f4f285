/** The codings that a client accepts, in lower case (RFC 9110 §12.5.3). Weights other than 0 do not matter here. */
export const acceptedCodings = (header: string | string[] | undefined): Set<string> =>
  new Set(
    String(header ?? '')
      .toLowerCase()
      .split(',')
      .map((entry) => entry.split(';').map((part) => part.trim()))
      .filter(([, weight = '']) => !/^q=0(?:\.0*)?$/.test(weight))
      .map(([name]) => name!),
  );

/** Whether the client's copy is current (RFC 9110 §13.1.2), by weak comparison. */
export const isCurrent = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^(?!W\/)"/, 'W/"'))
    .some((tag) => tag === '*' || tag === etag);
