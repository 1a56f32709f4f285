import { uuid } from '../terminal/option.values.js';

/** Where the API has what an `<id>` names. */
export const projectPath = (id: string | undefined): string => `projects/${uuid('<id>', id)}`;
export const tokenPath = (id: string | undefined): string => `tokens/${uuid('<id>', id)}`;
