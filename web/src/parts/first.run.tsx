import type { ReactElement } from 'react';
import { Card } from '../ui/card';
import { NotYet } from '../ui/not.yet';

/** The three first steps, on the Dashboard of an empty store. */
export const FirstRun = (): ReactElement => (
  <Card title="First steps">
    <NotYet what="The list of first steps" />
  </Card>
);
