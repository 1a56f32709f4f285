import { ProjectEntity } from './project/project.entity.js';
import { TokenEntity } from './token/token.entity.js';

/** Every table, for what works on the store without the whole application. */
export const ENTITIES = [ProjectEntity, TokenEntity];
