import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Lifecycle } from './lifecycle.js';

declare module 'fastify' {
  interface FastifyInstance {
    lifecycle: Lifecycle;
  }
}

/** The HTTP server exists before Nest's container does: its lifecycle comes with the adapter. */
const lifecycleOf = ({ httpAdapter }: HttpAdapterHost<FastifyAdapter>): Lifecycle =>
  httpAdapter.getInstance<FastifyInstance>().lifecycle;

@Module({
  providers: [{ provide: Lifecycle, inject: [HttpAdapterHost], useFactory: lifecycleOf }],
  exports: [Lifecycle],
})
export class HttpModule {}
