/** Statements of this process since its start: all that were sent, and those that the database refused or did not answer. */
export const statementCounts = { sent: 0, failed: 0 };
