import type { ReactElement, ReactNode } from 'react';
import { X } from 'lucide-react';

export interface ChipProps {
  /** What the cross does: "Show all projects". */
  label: string;
  children: ReactNode;
  onClear: () => void;
}

/** A filter that is set, and how to drop it. */
export const Chip = ({ label, children, onClear }: ChipProps): ReactElement => (
  <span className="inline-flex items-center gap-1.5 min-w-0 rounded-full bg-sky-wash text-sky pl-3 pr-1 py-0.5 text-xs font-[550]">
    <span className="truncate">{children}</span>
    <button type="button" aria-label={label} className="grid place-items-center size-6 shrink-0" onClick={onClear}>
      <X size={13} aria-hidden />
    </button>
  </span>
);
