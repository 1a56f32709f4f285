import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const TokenEditPage = (): ReactElement => (
  <>
    <PageHead tab="Edit Token" />
    <NotYet what="The form of a token" />
  </>
);

export default TokenEditPage;
