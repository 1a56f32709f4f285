import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const UsagePage = (): ReactElement => (
  <>
    <PageHead tab="Usage and cost" />
    <NotYet what="The report of usage" />
  </>
);

export default UsagePage;
