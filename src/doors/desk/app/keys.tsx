import { useEffect, useRef, useState } from 'react';
import { useSpeech } from './language.tsx';
import type { TextKey } from './texts/index.ts';

const stored = 'mindun-desk-keys';

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** The row that has the focus, or none. */
function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main tr[data-row]')];
  const here = rows.findIndex((r) => r.contains(document.activeElement));
  const next = rows[here === -1 ? (by === 1 ? 0 : rows.length - 1) : here + by];
  next?.querySelector<HTMLElement>('a, button')?.focus();
}

/** What a key does; answers whether it did something. */
function pressed(event: KeyboardEvent): boolean {
  switch (event.key) {
    case '/':
      document.querySelector<HTMLElement>('#search')?.focus();
      return true;
    case 'j':
    case 'J':
      moveRow(1);
      return true;
    case 'k':
    case 'K':
      moveRow(-1);
      return true;
    default:
      return false;
  }
}

const list: readonly (readonly [string, TextKey])[] = [
  ['/', 'keys.search'],
  ['J', 'keys.next'],
  ['K', 'keys.previous'],
  ['Enter', 'keys.open'],
  ['Ctrl+Enter', 'keys.act'],
  ['Esc', 'keys.close'],
  ['?', 'keys.list'],
];

/** The keyboard of the desk: off while typing, and it can be switched off. */
export function Keyboard() {
  const { t } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, setOn] = useState(() => localStorage.getItem(stored) !== 'off');
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.metaKey) return;
      if (event.key === 'Escape') {
        document.querySelector<HTMLElement>('main [data-close]')?.click();
        if (typing(event.target)) (event.target as HTMLElement).blur();
        return;
      }
      if (!on) return;
      if (event.ctrlKey) {
        if (event.key !== 'Enter') return;
        document.querySelector<HTMLElement>('main .ant-btn-primary:not([disabled])')?.click();
        event.preventDefault();
        return;
      }
      if (typing(event.target)) return;
      if (event.key === '?') dialog.current?.showModal();
      if (event.key === '?' || pressed(event)) event.preventDefault();
    };
    window.addEventListener('keydown', heard);
    return () => window.removeEventListener('keydown', heard);
  }, [on]);
  const change = (next: boolean) => {
    localStorage.setItem(stored, next ? 'on' : 'off');
    setOn(next);
  };
  return (
    <>
      <button type="button" className="plain" onClick={() => dialog.current?.showModal()}>
        {t('keys.title')} <kbd>?</kbd>
      </button>
      <dialog ref={dialog} className="keys" aria-labelledby="keys-title">
        <h2 id="keys-title">{t('keys.title')}</h2>
        <dl>
          {list.map(([key, text]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(text)}</dd>
            </div>
          ))}
        </dl>
        <p className="mini">{t('keys.off-while-typing')}</p>
        <label className="check">
          <input type="checkbox" checked={on} onChange={(e) => change(e.target.checked)} />
          {t('keys.on')}
        </label>
        <form method="dialog">
          <button type="submit" className="plain">
            {t('close')} <kbd>Esc</kbd>
          </button>
        </form>
      </dialog>
    </>
  );
}
