// A NestJS application on Fastify with one route and no product code: it shows the framework's part of a cold start.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class HelloController {
  ready() {
    return 'ready';
  }
}
Get('ready')(HelloController.prototype, 'ready', Object.getOwnPropertyDescriptor(HelloController.prototype, 'ready'));
Controller()(HelloController);

class HelloModule {}
Module({ controllers: [HelloController] })(HelloModule);

const app = await NestFactory.create(HelloModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.argv[2]), '127.0.0.1');
