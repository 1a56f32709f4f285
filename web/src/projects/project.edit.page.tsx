import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const ProjectEditPage = (): ReactElement => (
  <>
    <PageHead tab="Edit project" />
    <NotYet what="The form of a project" />
  </>
);

export default ProjectEditPage;
