import type { ReactElement } from 'react';
import { FirstRun } from '../parts/first.run';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const OverviewPage = (): ReactElement => (
  <>
    <PageHead tab="Dashboard" />
    <FirstRun />
    <NotYet what="The Dashboard" />
  </>
);

export default OverviewPage;
