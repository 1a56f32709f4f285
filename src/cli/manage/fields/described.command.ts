import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { notEmpty } from '../../terminal/option.values.js';
import { ManageCommand } from '../manage.command.js';
import { LABEL, label, type LabelChange, NOTE, OWNER } from './described.options.js';

/** A command that creates or changes a token or a project: it may say what it is for. */
@Injectable()
export abstract class DescribedCommand extends ManageCommand {
  @Option(LABEL)
  parseLabel(value: string, before?: LabelChange): LabelChange {
    return label(value, before);
  }

  @Option(OWNER)
  parseOwner(value: string): string {
    return notEmpty('--owner', value);
  }

  @Option(NOTE)
  parseNote(value: string): string {
    return notEmpty('--note', value);
  }
}
