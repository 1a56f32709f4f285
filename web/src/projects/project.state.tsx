import type { ReactElement } from 'react';
import type { Project } from '../api/types';
import { Badge } from '../ui/badge';

/** The state of a project in a word. */
export function ProjectBadge({ project: { is_active, deleted_at } }: { project: Project }): ReactElement {
  if (deleted_at !== undefined) return <Badge>Deleted</Badge>;
  return is_active ? <Badge tone="good">Active</Badge> : <Badge tone="warn">Inactive</Badge>;
}
