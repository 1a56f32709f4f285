import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const SystemPage = (): ReactElement => (
  <>
    <PageHead tab="System" />
    <NotYet what="The state of the system" />
  </>
);

export default SystemPage;
