import {
  type FigureName,
  type Figures,
  TOOL_FIGURES,
  type ToolFigures,
  type UsagePart,
  type UsageReport,
  type Work,
} from '../../openai/usage/usage.record.js';
import { idMember, nameMember, numberMember, plainMember } from './printed.js';

const TIERS: ReadonlySet<string> = new Set(['default', 'flex', 'priority', 'scale', 'batch']);

/** A tier of OpenAI, or `other`: sums are kept by tier, so a server may not make up any number of them. */
export const tierName = (tier: string | undefined): string | undefined =>
  tier === undefined || TIERS.has(tier) ? tier : 'other';

/** What a report gives to the line of an event: model, tier, id, usage and work. Each member begins with a comma. */
export function reportMembers(report: UsageReport): string {
  return (
    nameMember('model', report.model) +
    plainMember('tier', tierName(report.tier)) +
    idMember('response_id', report.responseId) +
    `,"usage":${usageText(report)}` +
    (report.work ? workMember(report.work) : '')
  );
}

export const workMember = ({ key, kind, state }: Work): string =>
  `,"work":{${idMember('key', key).slice(1)},"kind":"${kind}","state":"${state}"}`;

function usageText(report: UsageReport): string {
  const { source, reason, figures, tools, parts, mismatch } = report;
  return (
    `{"source":"${source}"` +
    (reason === undefined ? '' : `,"reason":"${reason}"`) +
    (mismatch ? ',"mismatch":true' : '') +
    figureMembers(figures) +
    (tools ? `,"tools":{${toolMembers(tools).slice(1)}}` : '') +
    (parts ? `,"parts":[${parts.map(partText).join()}]` : '') +
    numberMember('deltas', report.deltas) +
    numberMember('text_bytes', report.textBytes) +
    numberMember('images', report.images) +
    '}'
  );
}

const partText = (part: UsagePart): string =>
  `{${idMember('key', part.key).slice(1)}${nameMember('model', part.model)}${plainMember('tier', tierName(part.tier))}${figureMembers(part.figures)}${
    part.tools ? `,"tools":{${toolMembers(part.tools).slice(1)}}` : ''
  }}`;

/** Reports have few of the figures, and no other member. */
function figureMembers(figures: Figures): string {
  let text = '';
  for (const name in figures) {
    const value = figures[name as FigureName];
    if (value !== undefined) text += `,"${name}":${value}`;
  }
  return text;
}

const toolMembers = (tools: ToolFigures): string =>
  TOOL_FIGURES.map((name) => numberMember(name, tools[name])).join('');
