import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString } from 'class-validator';
import type { SelectQueryBuilder } from 'typeorm';
import { MayBeAbsent, Trimmed } from '../../common/rest/field.rules.js';
import { PageQuery } from '../../common/rest/paging.js';
import { idRange, IsSearch, SEARCH } from '../../common/rest/search.rules.js';
import { orderOf, sortsOf } from '../../common/rest/sort.order.js';
import type { ProjectEntity } from '../project.entity.js';

const PROJECT_STATUSES = ['active', 'inactive', 'deleted'] as const;
const FIELDS = ['name', 'created_at', 'updated_at'] as const;
const SORTS = sortsOf(FIELDS);

/** What a list of projects is searched for and sorted by. */
export class ProjectSearch extends PageQuery {
  @ApiPropertyOptional({ description: 'Only projects of this status; excludes includeDeleted', enum: PROJECT_STATUSES })
  @MayBeAbsent()
  @IsString({ message: 'status must be text' })
  @IsIn(PROJECT_STATUSES, { message: `status must be ${PROJECT_STATUSES.join(', ')}` })
  status?: (typeof PROJECT_STATUSES)[number];

  @ApiPropertyOptional({
    ...SEARCH,
    description: 'A part of a name in any case, or the beginning of an id (8 characters or more)',
  })
  @Trimmed()
  @IsSearch('search')
  search?: string;

  @ApiPropertyOptional({
    description: 'The order; `-` = the largest first. Without it, by name',
    enum: SORTS,
    example: 'name',
  })
  @MayBeAbsent()
  @IsString({ message: 'sort must be text' })
  @IsIn(SORTS, { message: `sort must be ${SORTS.join(', ')}` })
  sort?: (typeof SORTS)[number];
}

const STATUSES: Record<(typeof PROJECT_STATUSES)[number], string> = {
  active: 'project.isActive = TRUE AND project.deletedAt IS NULL',
  inactive: 'project.isActive = FALSE AND project.deletedAt IS NULL',
  deleted: 'project.deletedAt IS NOT NULL',
};

const COLUMNS: Record<(typeof FIELDS)[number], readonly string[]> = {
  // As a reader looks for a name: in any case. Names that differ only in case follow each other in a stable order.
  name: ['LOWER(project.name)', 'project.name'],
  created_at: ['project.createdAt'],
  updated_at: ['project.updatedAt'],
};

/** Narrows and sorts the projects of a query with the alias `project`. */
export function searchProjects(projects: SelectQueryBuilder<ProjectEntity>, query: ProjectSearch): void {
  const { status, search, sort = 'name' } = query;
  if (status !== undefined) projects.andWhere(STATUSES[status]);
  if (search !== undefined) narrow(projects, search);
  const { field, direction } = orderOf(sort);
  for (const column of [...COLUMNS[field], 'project.id']) projects.addOrderBy(column, direction);
}

/** `%` and `_` stand for any character in LIKE. */
function narrow(projects: SelectQueryBuilder<ProjectEntity>, search: string): void {
  const ids = idRange(search);
  const named = `LOWER(project.name) LIKE LOWER(:part) ESCAPE '!'`;
  projects.andWhere(ids ? `(${named} OR (project.id >= :idFrom AND project.id <= :idTo))` : named, {
    part: `%${search.replaceAll(/[!%_]/g, '!$&')}%`,
    ...ids,
  });
}
