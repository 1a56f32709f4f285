import { type LinkOwner, type RedisClient, RedisLink } from './redis.link.js';

export interface Subscriber {
  onMessage(message: string): void;
  /** Told each time it begins to listen: what was said before may have been missed. */
  onUp?(): void;
  onDown?(): void;
}

/** One channel, listened to on a connection of its own, which is made anew when it fails or falls silent. */
export class RedisSubscription implements LinkOwner {
  private readonly link: RedisLink;

  constructor(
    url: string,
    private readonly channel: string,
    private readonly subscriber: Subscriber,
  ) {
    this.link = new RedisLink(url, this);
    this.link.start();
  }

  /** False while messages may be missed; told within two seconds of a connection that went dead without a word. */
  get isLive(): boolean {
    return this.link.client !== undefined;
  }

  async prepare(client: RedisClient): Promise<void> {
    await client.subscribe(this.channel, (message) => this.subscriber.onMessage(message));
  }

  onUp(): void {
    this.subscriber.onUp?.();
  }

  onDown(): void {
    this.subscriber.onDown?.();
  }

  close(): Promise<void> {
    return this.link.close();
  }
}
