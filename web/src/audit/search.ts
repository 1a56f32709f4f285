import { type RawSearch, text, whole } from '../format/search';

const TEXTS = ['search', 'action', 'outcome', 'actor', 'project_id', 'token_id', 'from', 'to', 'before'] as const;

/** The filters of `GET /manage/audit`. */
export type AuditSearch = Partial<Record<(typeof TEXTS)[number], string | undefined>> & {
  page?: number | undefined;
};

export const auditSearch = (raw: RawSearch): AuditSearch => ({
  ...Object.fromEntries(TEXTS.map((name) => [name, text(raw[name])])),
  page: whole(raw['page']),
});
