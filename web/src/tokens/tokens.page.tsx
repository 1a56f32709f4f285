import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const TokensPage = (): ReactElement => (
  <>
    <PageHead tab="Tokens" />
    <NotYet what="The list of tokens" />
  </>
);

export default TokensPage;
