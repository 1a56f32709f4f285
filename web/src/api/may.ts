import type { Role, WhoAmI } from './types';

const RANK: Record<Role, number> = { viewer: 0, manager: 1, admin: 2 };
/** What a route asks of who calls it, as `@Needs` of the server says it. */
const NEEDED = { read: 'viewer', tokens: 'manager', admin: 'admin' } as const satisfies Record<string, Role>;

/** Whether a button for it is shown: an admin has all projects. The server decides again at each call. */
export const may = (me: Pick<WhoAmI, 'role'> | undefined, what: keyof typeof NEEDED): boolean =>
  me !== undefined && RANK[me.role] >= RANK[NEEDED[what]];
