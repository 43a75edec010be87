import { Button, Input } from 'antd';
import { MindunError } from '../../../../../kernel/errors.ts';
import { parseYuan, plainDate, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Status } from '../../parts/words.tsx';

/** One instalment as it is typed. */
export interface InstalmentText {
  readonly id: number;
  readonly dueOn: string;
  readonly amount: string;
}

function tried<T>(reader: (text: string) => T, text: string): T | null {
  try {
    return reader(text.trim());
  } catch (error) {
    if (error instanceof MindunError) return null;
    throw error;
  }
}

/** What was typed as days and fen; null when a line cannot be read. */
export function instalmentsOf(
  rows: readonly InstalmentText[],
): readonly { readonly dueOn: string; readonly amountFen: number }[] | null {
  const read = rows.flatMap((r) => {
    const dueOn = tried(plainDate, r.dueOn);
    const amountFen = tried(parseYuan, r.amount);
    return dueOn === null || amountFen === null || amountFen <= 0 ? [] : [{ dueOn, amountFen }];
  });
  return read.length === rows.length ? read : null;
}

interface Props {
  readonly rows: readonly InstalmentText[];
  readonly change: (rows: readonly InstalmentText[]) => void;
  /** What the instalments must come to, in fen. */
  readonly open: number;
  readonly until: string;
  readonly sent: boolean;
}

/** Days and amounts that must come to what is open. */
export function Instalments({ rows, change, open, until, sent }: Props) {
  const { t } = useSpeech();
  const sum = rows.reduce((s, r) => s + (tried(parseYuan, r.amount) ?? 0), 0);
  const left = open - sum;
  const set = (id: number, part: Partial<InstalmentText>) =>
    change(rows.map((r) => (r.id === id ? { ...r, ...part } : r)));
  const add = () =>
    change([
      ...rows,
      {
        id: (rows.at(-1)?.id ?? 0) + 1,
        dueOn: rows.length === 0 ? '' : until,
        amount: left > 0 && rows.length > 0 ? showYuan(left, { sign: false }) : '',
      },
    ]);
  const wrong = (r: InstalmentText) => sent && instalmentsOf([r]) === null;
  return (
    <fieldset className="field">
      <legend>{t('instalments')}</legend>
      <p className="hint">{t('instalments.hint')}</p>
      {rows.map((r, i) => (
        <div key={r.id} className={wrong(r) ? 'instalment bad' : 'instalment'}>
          <span>{t('instalments.nth', { n: i + 1 })}</span>
          <Input
            aria-label={t('instalments.day', { n: i + 1 })}
            className="w-day"
            autoComplete="off"
            value={r.dueOn}
            onChange={(e) => set(r.id, { dueOn: e.target.value })}
          />
          <Input
            aria-label={t('instalments.amount', { n: i + 1 })}
            className="w-amount"
            autoComplete="off"
            prefix="¥"
            inputMode="decimal"
            value={r.amount}
            onChange={(e) => set(r.id, { amount: e.target.value })}
          />
          <button
            type="button"
            className="plain link"
            aria-label={t('instalments.drop-of', { n: i + 1 })}
            onClick={() => change(rows.filter((x) => x.id !== r.id))}
          >
            {t('instalments.drop')}
          </button>
          {wrong(r) ? <span className="msg">{t('instalments.wrong')}</span> : null}
        </div>
      ))}
      <p className="beside">
        <Button size="small" onClick={add}>
          {t('instalments.add')}
        </Button>
        {rows.length === 0 ? null : (
          <span role="status">
            <Status kind={left === 0 ? 'done' : 'soon'}>
              {left === 0
                ? t('instalments.even', { open: showYuan(open) })
                : t('instalments.left', { sum: showYuan(sum), left: showYuan(left) })}
            </Status>
          </span>
        )}
      </p>
    </fieldset>
  );
}
