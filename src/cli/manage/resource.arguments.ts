/** The argument of a command that works on one project. */
export const PROJECT_ARGUMENT = {
  arguments: '[project]',
  argsDescription: { project: 'id or name; asked for at a terminal' },
};

/** The argument of a command that works on one token. */
export const TOKEN_ARGUMENT = {
  arguments: '<token>',
  argsDescription: { token: 'id or its beginning, display form, or a name that only one token has' },
};

/** Both names are accepted: commander takes the first one for the short form. */
export const PROJECT_FLAGS = '--project, --project-id <project>';

/** The argument of a command that works on one operator. */
export const OPERATOR_ARGUMENT = {
  arguments: '<operator>',
  argsDescription: { operator: 'id or name' },
};
