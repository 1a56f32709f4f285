import type { ReactElement } from 'react';
import { Card } from '../ui/card';
import { NotYet } from '../ui/not.yet';

/** Waits for the first request with a new token and shows it the moment it ends. */
export const FirstRequest = ({ tokenId: _tokenId }: { tokenId: string }): ReactElement => (
  <Card title="First request">
    <NotYet what="The view of the first request" />
  </Card>
);
