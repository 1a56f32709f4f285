import { Controller, Get, Header, Options, Req, Res } from '@nestjs/common';
import {
  ApiExcludeEndpoint,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/access.decorator.js';
import { ManagementGuard } from '../auth/management.guard.js';
import { MANAGEMENT_SCHEME } from '../common/rest/api.docs.js';
import { HealthView, type Reason, ReasonView } from './health.dto.js';
import { HealthService } from './health.service.js';

const ALLOW = 'GET, HEAD, OPTIONS';

@ApiTags('health')
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly guard: ManagementGuard,
  ) {}

  @Get('live')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Check that the process is alive', description: 'Depends on the event loop alone.' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string', example: 'alive' } })
  live(): string {
    return 'alive';
  }

  @Get('ready')
  @ApiOperation({ summary: 'Check that the server is ready for requests' })
  @ApiProduces('text/plain', 'application/json')
  @ApiOkResponse({ schema: { type: 'string', example: 'ready' } })
  @ApiServiceUnavailableResponse({ type: ReasonView })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<string | Reason> {
    const reason = await this.health.whyNotReady();
    void reply.code(reason ? 503 : 200).type(reason ? 'application/json' : 'text/plain; charset=utf-8');
    return reason ?? 'ready';
  }

  @Get('health')
  @ApiOperation({
    summary: 'Get the state of the server',
    description: '503 when the status is not `ok`. Public; only the operator sees the names of replicas.',
    security: [{}, { [MANAGEMENT_SCHEME]: [] }],
  })
  @ApiOkResponse({ type: HealthView })
  @ApiServiceUnavailableResponse({ type: HealthView })
  async report(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<HealthView> {
    // A wrong token counts as a failure, and gets the public report.
    const isOperator = await this.guard.assertOperator(request).catch(() => false);
    const report = await this.health.report(isOperator);
    void reply.code(report.status === 'ok' ? 200 : 503);
    return report;
  }

  // Checks of HAProxy ask with OPTIONS, by default for `/`. The answer is that of GET.

  @Options('live')
  @Header('allow', ALLOW)
  @ApiExcludeEndpoint()
  optionsOfLive(): string {
    return this.live();
  }

  @Options(['/', 'ready'])
  @Header('allow', ALLOW)
  @ApiExcludeEndpoint()
  async optionsOfReady(@Res({ passthrough: true }) reply: FastifyReply): Promise<string | Reason> {
    return this.ready(reply);
  }

  @Options('health')
  @Header('allow', ALLOW)
  @ApiExcludeEndpoint()
  async optionsOfHealth(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HealthView> {
    return this.report(request, reply);
  }
}
