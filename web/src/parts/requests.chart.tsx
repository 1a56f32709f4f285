import type { ReactElement } from 'react';
import { Card } from '../ui/card';
import { NotYet } from '../ui/not.yet';
import type { Scope } from './scope';

export type RequestsChartProps = Scope & {
  /** Up to seven by the hour, above by the day. */
  days: number;
};

/** Requests of a token or a project over the last days, answered and refused. */
export const RequestsChart = ({ days }: RequestsChartProps): ReactElement => (
  <Card title={`Requests, last ${days} days`}>
    <NotYet what="The chart of requests" />
  </Card>
);
