import type { EventsFormat, FileSettings } from '../../config/values/dispatcher.config.js';
import { cloudEventOf } from './cloud.events.js';
import { EventSink, type Outcome, type SinkBatch, TAKEN } from './event.sink.js';
import { faultOf, retry } from './http.outcome.js';
import { RotatingFile } from './rotating.file.js';

/** Appends a line an event. The `fsync` after a batch is the yes. A full disk, or any other error of the file, is a retry. */
export class FileSink extends EventSink {
  readonly name = 'file';
  readonly takesNotices = true;
  readonly limits = { lines: 1000, bytes: 1024 * 1024 };
  private readonly file: RotatingFile;

  constructor(
    settings: FileSettings,
    private readonly format: EventsFormat,
    file?: RotatingFile,
  ) {
    super();
    this.file = file ?? new RotatingFile(settings);
  }

  async send({ lines }: SinkBatch): Promise<Outcome> {
    const texts = this.format === 'cloudevents' ? lines.map(cloudEventOf) : lines;
    try {
      await this.file.append(`${texts.join('\n')}\n`);
      return TAKEN;
    } catch (error) {
      return retry(faultOf(error));
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
