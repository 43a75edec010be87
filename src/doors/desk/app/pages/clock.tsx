import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { moment } from '../../../../kernel/time.ts';
import { useAct } from '../asking.ts';
import { day } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Faults } from '../parts/states.tsx';
import { Status } from '../parts/words.tsx';
import { useSession } from '../session.tsx';
import { read } from './employer/forms.tsx';

/** Moves the clock of a simulated city forward. */
export function ClockPage() {
  const { t, language } = useSpeech();
  const { city, may, readClock } = useSession();
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('city.advance-clock');
  const at = read(text, moment, { t, language });
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (at.value === undefined) return;
    if (await act({ at: at.value })) await readClock();
  };
  if (city === null) return null;
  const now = `${day(city.at, language, true)} ${city.at.slice(11, 16)}`;
  if (city.kind === 'live' || !may('city.advance-clock'))
    return (
      <Page title={t('clock.title')}>
        <p>{t(city.kind === 'live' ? 'clock.live' : 'clock.not-permitted')}</p>
      </Page>
    );
  return (
    <Page title={t('clock.title')} aside={t('clock.now', { now })} className="act">
      {fault === null ? null : <Faults fault={fault} />}
      {answer === null ? null : (
        <p role="status">
          <Status kind="done">{t('clock.done', { now })}</Status>
        </p>
      )}
      <form onSubmit={(e) => void send(e)} noValidate>
        <TextField
          id="at"
          label={t('clock.to')}
          hint={t('clock.hint')}
          error={sent ? at.error : undefined}
          value={text}
          change={setText}
          width="amount"
        />
        <p className="aside aside-amber">{t('clock.forward')}</p>
        <p className="doing">
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('clock.do')}
          </Button>
          <kbd>Ctrl+Enter</kbd>
        </p>
      </form>
    </Page>
  );
}
