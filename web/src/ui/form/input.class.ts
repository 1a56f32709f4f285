/** The look of what is typed into or chosen from. */
export const inputClass =
  'w-full min-h-9 rounded-control border border-edge bg-surface px-2.5 text-sm text-ink placeholder:text-faint focus:outline-2 focus:outline-leaf focus:outline-offset-0 data-invalid:border-rust';

/** The look of what stands above a field. */
export const labelClass = 'text-[0.8125rem] font-[560]';
