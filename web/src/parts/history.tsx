import type { ReactElement } from 'react';
import { Card } from '../ui/card';
import { NotYet } from '../ui/not.yet';
import type { Scope } from './scope';

/** The audit rows of a token or a project. */
export const History = (_scope: Scope): ReactElement => (
  <Card title="History">
    <NotYet what="The history" />
  </Card>
);
