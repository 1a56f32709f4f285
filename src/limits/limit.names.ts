import type { Scope } from './counter.js';

const NAMES: Readonly<Record<Scope, string>> = {
  token: 'the withering token',
  address: 'this address',
  all: 'this server',
};

/** Whose limit it is, as a client is told. */
export const limitName = ({ scope }: { scope: Scope }): string => NAMES[scope];
