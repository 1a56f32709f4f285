/** Variables as text, by name. */
export type Variables = Record<string, string | undefined>;

/** Where variables have their values from, by name. One that is absent has its value from the environment, or its default. */
export type VariableSources = Readonly<Record<string, 'flag' | 'file'>>;
