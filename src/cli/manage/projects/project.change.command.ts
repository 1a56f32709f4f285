import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import { notEmpty } from '../../terminal/option.values.js';
import {
  bound,
  type BoundsChange,
  type BoundsOptions,
  TOKEN_DEFAULT,
  TOKEN_MAXIMUM,
} from '../fields/bounds.options.js';
import { type DescribedOptions, LABEL, label, type LabelChange, NOTE, OWNER } from '../fields/described.options.js';
import { type ProjectLimitOptions, ProjectLimitsCommand } from './project.limits.options.js';

export type ProjectFieldOptions = ProjectLimitOptions & DescribedOptions & BoundsOptions;

/** A command that creates or changes a project. */
@Injectable()
export abstract class ProjectChangeCommand extends ProjectLimitsCommand {
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

  @Option(TOKEN_DEFAULT)
  parseTokenDefault(value: string, before?: BoundsChange): BoundsChange {
    return bound('--token-default', value, before);
  }

  @Option(TOKEN_MAXIMUM)
  parseTokenMaximum(value: string, before?: BoundsChange): BoundsChange {
    return bound('--token-maximum', value, before);
  }
}
