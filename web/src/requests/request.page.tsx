import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const RequestPage = (): ReactElement => (
  <>
    <PageHead tab="Request" />
    <NotYet what="The page of a request" />
  </>
);

export default RequestPage;
