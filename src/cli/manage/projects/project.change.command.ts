import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import {
  bound,
  type BoundsChange,
  type BoundsOptions,
  TOKEN_DEFAULT,
  TOKEN_MAXIMUM,
} from '../fields/bounds.options.js';
import type { DescribedOptions } from '../fields/described.options.js';
import { type ProjectLimitOptions, ProjectLimitsCommand } from './project.limits.options.js';

export type ProjectFieldOptions = ProjectLimitOptions & DescribedOptions & BoundsOptions;

/** A command that creates or changes a project. */
@Injectable()
export abstract class ProjectChangeCommand extends ProjectLimitsCommand {
  @Option(TOKEN_DEFAULT)
  parseTokenDefault(value: string, before?: BoundsChange): BoundsChange {
    return bound('--token-default', value, before);
  }

  @Option(TOKEN_MAXIMUM)
  parseTokenMaximum(value: string, before?: BoundsChange): BoundsChange {
    return bound('--token-maximum', value, before);
  }
}
