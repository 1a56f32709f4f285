import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const AuditEventPage = (): ReactElement => (
  <>
    <PageHead tab="Audit Event Details" />
    <NotYet what="The page of an audit event" />
  </>
);

export default AuditEventPage;
