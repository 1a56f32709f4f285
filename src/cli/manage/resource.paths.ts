import { uuid } from '../terminal/option.values.js';

/** The API paths of the resource with this `<id>`. */
export const projectPath = (id: string | undefined): string => `projects/${uuid('<id>', id)}`;
export const tokenPath = (id: string | undefined): string => `tokens/${uuid('<id>', id)}`;
