import type { Change } from '../../changes/change.js';
import { TokenEntity } from '../token.entity.js';

/** As many as fit into a row of the audit log. */
const MAX_IDS = 500;

/** The ids of the tokens of a project that the change has revoked, up to 500 of them: for the audit log. */
export async function revokedIds(projectId: string, { manager, revision }: Change): Promise<string[]> {
  const tokens = await manager.find(TokenEntity, {
    select: { id: true },
    where: { projectId, isActive: false, revision },
    order: { id: 'ASC' },
    take: MAX_IDS,
  });
  return tokens.map(({ id }) => id);
}
