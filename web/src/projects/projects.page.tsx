import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const ProjectsPage = (): ReactElement => (
  <>
    <PageHead tab="Projects" />
    <NotYet what="The list of projects" />
  </>
);

export default ProjectsPage;
