import type { ReactElement } from 'react';
import type { Token } from '../api/types';
import { Card } from '../ui/card';
import { NotYet } from '../ui/not.yet';

/** What a request with this token would get, and which rule says so. Nothing is sent, nothing counted. */
export const TryIt = ({ token: _token }: { token: Token }): ReactElement => (
  <Card title="Try it">
    <NotYet what="The check of a request" />
  </Card>
);
