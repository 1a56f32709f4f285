import type { ReactElement } from 'react';
import { X } from 'lucide-react';
// The only file that names them: React Aria may still change these.
import {
  Button,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components';

interface Message {
  title: string;
  text?: string;
  isBad?: boolean;
}

const SHOWN_MS = 6000;
const queue = new ToastQueue<Message>({ maxVisibleToasts: 3 });

/** Says what has happened. A bad one stays until it is closed. Returns how to close it. */
export function toast(title: string, text?: string, { isBad = false } = {}): () => void {
  const key = queue.add({ title, isBad, ...(text === undefined ? {} : { text }) }, isBad ? {} : { timeout: SHOWN_MS });
  return () => queue.close(key);
}

/** Where they appear: once, in the shell. */
export const Toasts = (): ReactElement => (
  <ToastRegion queue={queue} className="fixed bottom-4 right-4 z-50 flex flex-col gap-2 outline-none">
    {({ toast: shown }) => (
      <Toast
        toast={shown}
        className="rise flex items-start gap-3 rounded-card border border-line bg-surface shadow-lift px-4 py-3 min-w-64 max-w-sm"
      >
        <ToastContent className="grid gap-0.5 flex-1">
          <Text slot="title" className={`font-[580] ${shown.content.isBad ? 'text-rust' : ''}`}>
            {shown.content.title}
          </Text>
          {shown.content.text !== undefined && (
            <Text slot="description" className="text-soft text-[0.8125rem]">
              {shown.content.text}
            </Text>
          )}
        </ToastContent>
        <Button slot="close" aria-label="Close" className="grid place-items-center size-6 text-soft hover:text-ink">
          <X size={15} aria-hidden />
        </Button>
      </Toast>
    )}
  </ToastRegion>
);
