import { type ReactElement, useState } from 'react';
import { Button } from '../ui/button';
import { Switch } from '../ui/form/switch';
import { Kbd } from '../ui/kbd';
import { Sheet } from '../ui/overlay/sheet';
import { PAGES } from './pages';
import { hasSingleKeys, setSingleKeys } from './single.keys';

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  ['Search or jump', ['Ctrl', 'K']],
  ['To the search field of the page', ['/']],
  ['New project or token', ['n']],
  ['Next row', ['j']],
  ['Row before', ['k']],
  ['Close', ['Esc']],
  ['This list', ['?']],
  ...PAGES.map(({ text, key }) => [text, ['g', key]] as const),
];

/** All keys, and the switch for those that are single letters. */
export default function ShortcutList({ onClose }: { onClose: () => void }): ReactElement {
  const [isOn, setOn] = useState(hasSingleKeys);
  return (
    <Sheet title="Keyboard shortcuts" isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      {(close) => (
        <>
          <dl className="grid gap-1.5 text-[0.8125rem]">
            {KEYS.map(([text, keys]) => (
              <div key={text} className="flex items-center justify-between gap-4">
                <dt>{text}</dt>
                <dd className="flex gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <Switch
            isSelected={isOn}
            onChange={(next) => {
              setSingleKeys(next);
              setOn(next);
            }}
          >
            Keys without Ctrl work
          </Switch>
          <Button onPress={close}>Close</Button>
        </>
      )}
    </Sheet>
  );
}
