/** Variables as text, by name. */
export type Variables = Record<string, string | undefined>;
