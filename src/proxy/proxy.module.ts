import { Module } from '@nestjs/common';
import { TokenModule } from '../token/token.module.js';
import { DeadlineWatch } from './deadline.watch.js';
import { ProxyController } from './proxy.controller.js';
import { StreamingInterceptor } from './streaming.interceptor.js';
import { WitheringTokenGuard } from './token.guard.js';
import { UpstreamBreaker } from './upstream.breaker.js';
import { UpstreamClient } from './upstream.client.js';

@Module({
  imports: [TokenModule],
  controllers: [ProxyController],
  providers: [UpstreamClient, UpstreamBreaker, WitheringTokenGuard, StreamingInterceptor, DeadlineWatch],
})
export class ProxyModule {}
