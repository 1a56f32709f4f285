import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const RequestsPage = (): ReactElement => (
  <>
    <PageHead tab="Requests" />
    <NotYet what="The list of requests" />
  </>
);

export default RequestsPage;
