/** What a part speaks of: one token or one project. */
export type Scope = { tokenId: string; projectId?: never } | { projectId: string; tokenId?: never };
