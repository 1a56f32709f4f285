import type { ReactElement } from 'react';
import { NotYet } from '../ui/not.yet';
import { PageHead } from '../ui/page.head';

const ProjectPage = (): ReactElement => (
  <>
    <PageHead tab="Project" />
    <NotYet what="The page of a project" />
  </>
);

export default ProjectPage;
