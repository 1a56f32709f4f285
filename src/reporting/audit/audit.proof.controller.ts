import { ChainVerification } from '../../audit/chain.verification.js';
import { Controller, Get, Headers, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import { Audited } from '../../common/rest/audited.js';
import type { Actor } from '../../common/values/actor.js';
import { exchangeOf } from '../../http/exchange.js';
import { AuditHeadView, AuditVerdictView } from './audit.dto.js';
import { EVENT, HEAD, VERDICT, VERIFY_STREAM } from './audit.examples.js';
import { type AuditExport, AuditExports } from './audit.export.js';
import { AuditLog } from './audit.log.js';
import { AuditExportQuery } from './audit.query.js';
import { known, VerifyQuery } from './verify.query.js';
import { streamVerdict, type Verifying } from './verify.stream.js';

const TYPES = { jsonl: 'application/x-ndjson', csv: 'text/csv' } as const;

const headersOf = ({ format, toSeq }: Omit<AuditExport, 'stream'>) => ({
  'content-type': `${TYPES[format]}; charset=utf-8`,
  'content-disposition': `attachment; filename="audit-to-${toSeq}.${format}"`,
});

/** What proves the audit log to others. */
@ApiTags('audit')
@ManagementApi()
@Controller('manage/audit')
@Needs('admin', 'all-projects')
export class AuditProofController {
  constructor(
    private readonly log: AuditLog,
    private readonly exports: AuditExports,
    private readonly verification: ChainVerification,
  ) {}

  @Get('head')
  @ApiOperation({
    operationId: 'getAuditHead',
    summary: 'Show the end of the audit log',
    description: 'Kept elsewhere, it proves later that no row before it was changed: `GET /manage/audit/verify?head=`.',
  })
  @ApiOkResponse({ description: 'The number and hash of the last row', type: AuditHeadView, example: HEAD })
  @Refuses(errors.auditEventNotFound(), errors.auditBroken())
  async head(): Promise<AuditHeadView> {
    return this.log.head();
  }

  @Get('verify')
  @ApiOperation({
    operationId: 'verifyAuditLog',
    summary: 'Verify the audit log',
    description:
      'Reads every row: about a minute for a few million. With `Accept: text/event-stream` an event stream: `progress` ' +
      'while it reads, then `verdict`, or `error`.',
  })
  @ApiExtraModels(AuditVerdictView)
  @ApiOkResponse({
    description: 'The verdict',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(AuditVerdictView) }, example: VERDICT },
      'text/event-stream': { schema: { type: 'string' }, example: VERIFY_STREAM },
    },
  })
  @Refuses(errors.fieldInvalid('head', 'must be a hash'))
  async verify(
    @Query() query: VerifyQuery,
    @Headers('accept') accept: string | undefined,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditVerdictView | void> {
    const exchange = exchangeOf(raw);
    const verify: Verifying = async (onProgress, signal) =>
      this.verification.verify({ ...known(query), onProgress, signal });
    if (raw.method === 'GET' && accept?.includes('text/event-stream')) {
      reply.hijack();
      return streamVerdict(exchange, reply.getHeaders() as Record<string, string>, verify);
    }
    const abort = new AbortController();
    exchange.response?.once('close', () => abort.abort());
    return verify(() => undefined, abort.signal);
  }

  @Get('export')
  @Audited('audit.export')
  @ApiOperation({
    operationId: 'exportAuditLog',
    summary: 'Download the audit log',
    description:
      'The oldest row first, up to the last row when the export began, as a stream. A response that breaks off has no ' +
      'proper end: also when rows are pruned before they were read. The export has a row of its own in the log. An operator has one export at a time on a server.',
  })
  @ApiOkResponse({
    description: 'The rows',
    content: {
      [TYPES.jsonl]: { schema: { type: 'string' }, example: `${JSON.stringify(EVENT)}\n` },
      [TYPES.csv]: { schema: { type: 'string' }, example: 'seq,at,id,action\r\n' },
    },
  })
  @Refuses(errors.fieldInvalid('format', 'must be jsonl, csv'), errors.auditBusy(), errors.auditUnavailable())
  async download(
    @CurrentActor() actor: Actor,
    @Query() query: AuditExportQuery,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | void> {
    if (raw.method === 'HEAD') return void reply.headers(headersOf(await this.exports.describe(query)));
    const exported = await this.exports.begin(actor, query);
    const { stream } = exported;
    const { response } = exchangeOf(raw);
    if (!response || response.destroyed) stream.destroy();
    else response.once('close', () => stream.destroy());
    void reply.headers(headersOf(exported));
    return new StreamableFile(stream);
  }
}
