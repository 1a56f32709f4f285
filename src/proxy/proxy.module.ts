import { Module } from '@nestjs/common';
import { LimitsModule } from '../limits/limits.module.js';
import { TokenModule } from '../token/token.module.js';
import { Admission } from './admission.js';
import { Cors } from './cors.js';
import { CorsPreflight } from './cors.preflight.js';
import { DeadlineWatch } from '../http/deadline.watch.js';
import { ProxyController } from './proxy.controller.js';
import { RequestCount } from './request.count.js';
import { RequestRules } from './request.rules.js';
import { SocketDialler } from './socket.dialler.js';
import { SocketGate } from './socket.gate.js';
import { StreamingInterceptor } from './streaming.interceptor.js';
import { WitheringTokenGuard } from './token.guard.js';
import { UpstreamBreaker } from './upstream.breaker.js';
import { UpstreamClient } from './upstream.client.js';

@Module({
  imports: [TokenModule, LimitsModule],
  controllers: [ProxyController],
  providers: [
    Admission,
    RequestCount,
    RequestRules,
    Cors,
    CorsPreflight,
    UpstreamClient,
    UpstreamBreaker,
    WitheringTokenGuard,
    StreamingInterceptor,
    DeadlineWatch,
    SocketGate,
    SocketDialler,
  ],
})
export class ProxyModule {}
