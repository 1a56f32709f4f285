import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const OverviewPage = (): ReactElement => (
  <>
    <PageHead tab="Dashboard" />
    <NotYet what="The Dashboard" />
  </>
);

export default OverviewPage;
