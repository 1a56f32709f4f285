import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const ProjectNewPage = (): ReactElement => (
  <>
    <PageHead tab="New project" />
    <NotYet what="The form of a project" />
  </>
);

export default ProjectNewPage;
