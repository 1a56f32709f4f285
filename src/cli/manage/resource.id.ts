import type { Screen } from '../terminal/terminal.js';

const SHOWN = 8;

/** An id in a table: on a screen its beginning, which commands accept in its place. */
export const tableId = (id: string, { width }: Screen): string => (width === undefined ? id : id.slice(0, SHOWN));
