import type { ReactElement } from 'react';

/** In place of what a page or a part will show. */
export const NotYet = ({ what }: { what: string }): ReactElement => (
  <p className="text-soft">{what} is not there yet.</p>
);
