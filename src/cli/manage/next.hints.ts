import { ownCommand } from '../../common/values/own.command.js';
import type { ProjectView } from '../../project/project.view.js';

/** A name that a shell takes as one word. */
const PLAIN = /^[A-Za-z0-9][\w.-]*$/;

/** The step after a new project. */
export const createdProjectHint = ({ id, name }: ProjectView): string =>
  `Next: create a token with ${ownCommand(`manage token create --project ${PLAIN.test(name) ? name : id} --duration 30d`)}`;

/** The step after a new token. */
export const CREATED_TOKEN_HINT =
  'The token is not shown again. Save it now.\nNext: use it as the API key of your app, with the address of this server followed by /v1 as the base URL.';

/** The step after a new operator. */
export const CREATED_OPERATOR_HINT =
  'The credential is not shown again. Save it now.\nNext: its holder sets MANAGEMENT_TOKEN to it, and sees what it opens with `manage whoami`.';
