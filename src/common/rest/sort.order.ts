/** Orders as a query names them: each field upwards, and downwards with `-`. */
export const sortsOf = <T extends string>(fields: readonly T[]): readonly (T | `-${T}`)[] =>
  fields.flatMap((field) => [field, `-${field}` as const]);

/** A field and its direction. */
export const orderOf = <T extends string>(sort: T | `-${T}`): { field: T; direction: 'ASC' | 'DESC' } =>
  sort.startsWith('-') ? { field: sort.slice(1) as T, direction: 'DESC' } : { field: sort as T, direction: 'ASC' };
