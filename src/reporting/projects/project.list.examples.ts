import { PROJECT } from '../../project/project.examples.js';
import type { ListedProjectView } from './project.list.dto.js';

export const LISTED_PROJECT: ListedProjectView = {
  ...PROJECT,
  figures: {
    tokens: { active: 40, withering: 3, expired: 12, exhausted: 0, revoked: 5, project_inactive: 0, total: 60 },
    requests_24h: 1204,
    requests_24h_by_hour: [
      0, 0, 0, 4, 12, 30, 60, 90, 110, 120, 130, 120, 110, 100, 90, 80, 60, 40, 20, 12, 8, 4, 2, 2,
    ],
    cost_30d_micro_usd: 8_412_733,
    unpriced_30d: 0,
  },
};
