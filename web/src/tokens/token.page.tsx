import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const TokenPage = (): ReactElement => (
  <>
    <PageHead tab="Token Details" />
    <NotYet what="The page of a token" />
  </>
);

export default TokenPage;
