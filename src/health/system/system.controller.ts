import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { ManagementApi } from '../../common/rest/api.docs.js';
import { SystemView } from './system.dto.js';
import { SYSTEM } from './system.examples.js';
import { SystemService } from './system.service.js';

@ApiTags('system')
@ManagementApi()
@Controller('manage/system')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @Needs('admin', 'all-projects')
  @ApiOperation({
    operationId: 'getSystem',
    summary: 'Get the state of the system',
    description:
      'Replicas, database, Redis, the bus of events and its sinks, encryption, prices, and the configuration of this ' +
      'replica with what differs on others. Secrets are only said to be set. At most two seconds old.',
  })
  @ApiOkResponse({ description: 'The state', type: SystemView, example: SYSTEM })
  async view(): Promise<SystemView> {
    return this.system.view();
  }
}
