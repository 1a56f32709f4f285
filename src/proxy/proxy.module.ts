import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { EventsModule } from '../events/events.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { ProjectModule } from '../project/project.module.js';
import { TokenModule } from '../token/token.module.js';
import { Admission } from './admission/admission.js';
import { Cors } from './admission/cors.js';
import { CorsPreflight } from './admission/cors.preflight.js';
import { DeadlineWatch } from '../http/deadline.watch.js';
import { ProxyController } from './proxy.controller.js';
import { PermitIssuer } from './admission/permit.issuer.js';
import { CheckController } from './admission/check.controller.js';
import { RuleCheck } from './admission/rule.check.js';
import { CapCharge } from './admission/cap.charge.js';
import { RequestRules } from './admission/request.rules.js';
import { WebSocketDialer } from './websocket/websocket.dialer.js';
import { WebSocketGate } from './websocket/websocket.gate.js';
import { StreamingInterceptor } from './relay/streaming.interceptor.js';
import { WitheringTokenGuard } from './admission/token.guard.js';
import { UpstreamBreaker } from './admission/upstream.breaker.js';
import { UpstreamClient } from './relay/upstream.client.js';
import { BodyTaps } from './relay/body.taps.js';
import { CaptureTaps } from './usage/capture.taps.js';
import { UsageTaps } from './usage/usage.taps.js';

@Module({
  imports: [AuthModule, ProjectModule, TokenModule, LimitsModule, EventsModule],
  controllers: [ProxyController, CheckController],
  exports: [BodyTaps],
  providers: [
    Admission,
    PermitIssuer,
    CapCharge,
    BodyTaps,
    UsageTaps,
    CaptureTaps,
    RequestRules,
    RuleCheck,
    Cors,
    CorsPreflight,
    UpstreamClient,
    UpstreamBreaker,
    WitheringTokenGuard,
    StreamingInterceptor,
    DeadlineWatch,
    WebSocketGate,
    WebSocketDialer,
  ],
})
export class ProxyModule {}
