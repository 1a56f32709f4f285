import { type ReactElement, type ReactNode, useState } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { Button } from '../button';
import { Field } from '../form/field';
import { Sheet } from './sheet';

export interface ConfirmProps {
  /** What opens it; without one `isOpen` does. */
  trigger?: ReactNode;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  title: string;
  /** What will happen, in sentences with numbers. */
  consequences: readonly ReactNode[];
  /** The text of the button that does it. */
  verb: string;
  /** For the largest ones: what must be typed first. */
  word?: string | undefined;
  /** Its consequences are not known yet. */
  isWaiting?: boolean;
  /** Stays open when it fails; the message stands in the dialog. */
  run: () => Promise<unknown>;
}

function Body({
  consequences,
  verb,
  word: asked,
  isWaiting = false,
  run,
  close,
}: Pick<ConfirmProps, 'consequences' | 'verb' | 'word' | 'isWaiting' | 'run'> & { close: () => void }): ReactElement {
  // A word that was asked for once stays: what is typed must not go while numbers change.
  const [word, setWord] = useState(asked);
  if (word === undefined && asked !== undefined) setWord(asked);
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await run();
      close();
    } catch (error) {
      setFault((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <>
      <ul className="grid gap-1.5 text-sm list-disc pl-5 marker:text-rust">
        {consequences.map((consequence, index) => (
          // Their order and number do not change while the dialog is open.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>{consequence}</li>
        ))}
      </ul>
      {word !== undefined && (
        <Field label={`Type ${word} to go on`} value={typed} onChange={setTyped} autoFocus autoComplete="off" mono />
      )}
      {fault !== undefined && (
        <p role="alert" className="rounded-control bg-rust-wash text-rust px-3 py-2 text-[0.8125rem]">
          {fault}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onPress={close}>Cancel</Button>
        <Button
          kind="danger"
          isDisabled={isBusy || isWaiting || (word !== undefined && typed !== word)}
          onPress={() => void go()}
        >
          {verb}
        </Button>
      </div>
    </>
  );
}

/** Asks before what is hard to take back: its consequences as a list, and for the largest ones a word to type. */
export const Confirm = ({ trigger, title, isOpen = false, onOpenChange, ...rest }: ConfirmProps): ReactElement => {
  const content = (close: () => void): ReactElement => <Body {...rest} close={close} />;
  const heard = onOpenChange ? { onOpenChange } : {};
  if (trigger === undefined)
    return (
      <Sheet title={title} role="alertdialog" isOpen={isOpen} {...heard}>
        {content}
      </Sheet>
    );
  return (
    <DialogTrigger {...heard}>
      {trigger}
      <Sheet title={title} role="alertdialog">
        {content}
      </Sheet>
    </DialogTrigger>
  );
};
