import { Readable } from 'node:stream';
import { Controller, Get, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import type { Actor } from '../../common/values/actor.js';
import { errors } from '../../common/errors/errors.js';
import { ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import { csvOf } from './usage.csv.js';
import { UsageView } from './usage.dto.js';
import { USAGE } from './usage.examples.js';
import { UsageQuery } from './usage.query.js';
import { type Report, UsageReports } from './usage.report.js';

const CSV_EXAMPLE = 'start_utc,start_local,time_zone,key,name,requests\r\n';

@ApiTags('usage')
@ManagementApi()
@Controller('manage/usage')
export class UsageController {
  constructor(private readonly reports: UsageReports) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'getUsage',
    summary: 'Sum requests, tokens and cost',
    description:
      'Sums by time and by group. The sums of `rows`, of `points` and `totals` agree, the rounded cost too. ' +
      'A CSV file has the same sums.',
  })
  @ApiExtraModels(UsageView)
  @ApiOkResponse({
    description: 'The sums',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(UsageView) }, example: USAGE },
      'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE },
    },
  })
  @Refuses(errors.fieldInvalid('from', 'must be before to'), errors.observabilityDisabled())
  async usage(
    @CurrentActor() actor: Actor,
    @Query() query: UsageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UsageView | StreamableFile> {
    const report = await this.reports.report(actor, query);
    if (query.format !== 'csv') return this.reports.view(report);
    void reply.headers({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName(report)}"`,
    });
    return new StreamableFile(Readable.from(csvOf(report)));
  }
}

const fileName = ({ period: { from, to } }: Report): string => `usage-${day(from)}-${day(to)}.csv`;
const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
