import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { clearCookie, COOKIE_NAMES, sessionSecrets, setCookie } from '../../auth/session/session.cookie.js';
import { errors } from '../../common/errors/errors.js';
import { Accepts, MANAGEMENT_SCHEME, ManagementApi, ofAnyBody, Refuses } from '../../common/rest/api.docs.js';
import { Audited } from '../../common/rest/audited.js';
import type { Actor } from '../../common/values/actor.js';
import { AppConfig } from '../../config/app.config.js';
import { SessionView, SignIn } from './session.dto.js';
import { SESSION, SIGN_IN } from './session.examples.js';
import { SessionService } from './session.service.js';
import { sessionView } from './session.view.js';

const COOKIE = { 'Set-Cookie': { description: 'The cookie', schema: { type: 'string' as const } } };

@ApiTags('session')
@ManagementApi()
@Controller('manage/session')
export class SessionController {
  constructor(
    private readonly sessions: SessionService,
    private readonly config: AppConfig,
  ) {}

  @Post()
  @Audited('admin.login')
  @Needs('read')
  @ApiOperation({
    operationId: 'signIn',
    summary: 'Sign in',
    security: [{ [MANAGEMENT_SCHEME]: [] }],
    description:
      'Begins a session of the holder of the bearer credential, and sets its cookie. ' +
      'Each session whose cookie came along ends. With a cookie alone it is `unauthorized`.',
  })
  @Accepts(SignIn, SIGN_IN)
  @ApiCreatedResponse({ description: 'The new session', type: SessionView, example: SESSION, headers: COOKIE })
  @Refuses(errors.fieldInvalid('name', 'must have 1 to 60 characters'), ...ofAnyBody())
  async signIn(
    @CurrentActor() actor: Actor,
    @Body() body: SignIn,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    const { admin } = this.config;
    const signedIn = await this.sessions.signIn(actor, body, sessionSecrets(headers.cookie));
    // A browser says which scheme its page has, whatever proxies are between.
    const isSecure = headers.origin?.startsWith('https://') ?? false;
    void reply.header('set-cookie', setCookie(signedIn.secret, isSecure, body.remember ? admin.rememberMs : undefined));
    return sessionView(signedIn.actor, admin);
  }

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'getSession',
    summary: 'Show how this call is signed in',
    description: 'With the session of the call, if it has one.',
  })
  @ApiOkResponse({ description: 'The session, or that there is none', type: SessionView, example: SESSION })
  get(@CurrentActor() actor: Actor): SessionView {
    return sessionView(actor, this.config.admin);
  }

  @Delete()
  @Audited('admin.logout')
  @Needs('read')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'signOut',
    summary: 'Sign out',
    description:
      'Ends each session whose cookie came along on every replica at once, with a bearer credential too, and takes the ' +
      'cookies away.',
  })
  @ApiNoContentResponse({ description: 'The session has ended', headers: COOKIE })
  async signOut(
    @CurrentActor() actor: Actor,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.signOut(actor, sessionSecrets(headers.cookie));
    void reply.header('set-cookie', COOKIE_NAMES.map(clearCookie));
  }
}
