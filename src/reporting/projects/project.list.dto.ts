import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString } from 'class-validator';
import { integer } from '../../common/rest/api.docs.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { ProjectQuery } from '../../project/project.dto.js';
import { ProjectView } from '../../project/project.view.js';
import { TokenCountsView } from '../overview/overview.dto.js';

export class ProjectListQuery extends ProjectQuery {
  @ApiPropertyOptional({ description: 'Also the figures of each project', enum: ['figures'] })
  @MayBeAbsent()
  @IsString({ message: 'include must be text' })
  @IsIn(['figures'], { message: 'include must be figures' })
  include?: 'figures';
}

/** What a project has and used. The figures of requests are null while events are off or cannot be read. */
export class ProjectFiguresView {
  @ApiProperty({ type: TokenCountsView })
  tokens!: TokenCountsView;
  @ApiProperty({ ...integer(0), description: 'Requests of the last 24 hours, refused ones included', nullable: true })
  requests_24h!: number | null;
  @ApiProperty({
    description: 'The same by hour; the last hour ends with the current quarter hour',
    type: 'array',
    items: integer(0),
    nullable: true,
  })
  requests_24h_by_hour!: number[] | null;
  @ApiProperty({
    ...integer(0),
    description: 'List price of the last 30 days of UTC, today included, in micro-dollars',
    nullable: true,
  })
  cost_30d_micro_usd!: number | null;
  @ApiProperty({ ...integer(0), description: 'Requests of these days without a price', nullable: true })
  unpriced_30d!: number | null;
}

/** A project in a list. */
export class ListedProjectView extends ProjectView {
  @ApiPropertyOptional({ description: 'With `include=figures` only', type: ProjectFiguresView })
  figures?: ProjectFiguresView;
}
