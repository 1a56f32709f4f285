import type { ReactElement } from 'react';
import { Card } from '../ui/card';
import { NotYet } from '../ui/not.yet';
import type { Scope } from './scope';

/** What runs now with a token or in a project, on all replicas, each with a way to end it. */
export const Running = (_scope: Scope): ReactElement => (
  <Card title="Running now">
    <NotYet what="The list of what is running" />
  </Card>
);
