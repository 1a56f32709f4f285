import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const AuditPage = (): ReactElement => (
  <>
    <PageHead tab="Audit Events" />
    <NotYet what="The audit log" />
  </>
);

export default AuditPage;
