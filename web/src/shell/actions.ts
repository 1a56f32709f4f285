import { may } from '../api/may';
import type { WhoAmI } from '../api/types';

export type NewThing = '/projects/new' | '/tokens/new';

/** What may be created by who is signed in. */
export const newThings = (me: WhoAmI | undefined): { to: NewThing; text: string }[] => [
  ...(may(me, 'tokens') ? [{ to: '/tokens/new', text: 'Create a token' } as const] : []),
  ...(may(me, 'admin') ? [{ to: '/projects/new', text: 'Create a project' } as const] : []),
];

/** Where the key `n` leads from a page: a new project from those of projects, a new token from the others. */
export function newThingOf(path: string, me: WhoAmI | undefined): NewThing | undefined {
  const wanted = path.startsWith('/projects') ? '/projects/new' : '/tokens/new';
  return newThings(me).find(({ to }) => to === wanted)?.to;
}
