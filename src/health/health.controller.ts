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
import { HealthView, type Reason, ReasonView } from './health.dto.js';
import { HEALTHY, UNHEALTHY } from './health.examples.js';
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
  @ApiOperation({
    operationId: 'getLive',
    summary: 'Check that the process is alive',
    description: 'Depends on the event loop alone.',
    security: [],
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'The process is alive', schema: { type: 'string', example: 'alive' } })
  live(): string {
    return 'alive';
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'getReady',
    summary: 'Check that the server is ready for requests',
    description: 'For load balancers: a server that is not ready refuses requests or cannot decide them.',
    security: [],
  })
  @ApiOkResponse({
    description: 'The server is ready',
    content: { 'text/plain': { schema: { type: 'string', example: 'ready' } } },
  })
  @ApiServiceUnavailableResponse({
    description: 'The server is not ready; `reason` says why',
    type: ReasonView,
    example: { status: 'not_ready', reason: 'database' },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<string | Reason> {
    const reason = await this.health.whyNotReady();
    void reply.code(reason ? 503 : 200).type(reason ? 'application/json' : 'text/plain; charset=utf-8');
    return reason ?? 'ready';
  }

  @Get('health')
  @ApiOperation({
    summary: 'Get the state of the server',
    operationId: 'getHealth',
    description:
      'Public. With the management token the response also has the names of the replicas, and the sinks of events.',
    security: [],
  })
  @ApiOkResponse({ description: 'The status is `ok`', type: HealthView, example: HEALTHY })
  @ApiServiceUnavailableResponse({
    description: 'The status is `unavailable` or `draining`',
    type: HealthView,
    example: UNHEALTHY,
  })
  async report(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<HealthView> {
    // A wrong token counts as a failure, and gets the public report.
    const isOperator = await this.guard.authenticateBearer(request).then(
      () => true,
      () => false,
    );
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
