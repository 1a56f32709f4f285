import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const TokenNewPage = (): ReactElement => (
  <>
    <PageHead tab="New token" />
    <NotYet what="The form of a token" />
  </>
);

export default TokenNewPage;
