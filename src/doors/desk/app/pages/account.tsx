import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import type { SessionView } from '../../../../engines/access/index.ts';
import { useAct, useAsk } from '../asking.ts';
import { showMoment } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { TextField } from '../parts/field.tsx';
import { type Column, DataTable } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { Answer, Faults, Told } from '../parts/states.tsx';
import { Status } from '../parts/words.tsx';
import { useSession } from '../session.tsx';
import { Relatives } from './relatives.tsx';

/** One's own account: the password, and where one is signed in. */
export function AccountPage() {
  const { t } = useSpeech();
  return (
    <Page title={t('account.title')} className="act">
      <section>
        <h2>{t('account.password')}</h2>
        <ChangePassword />
      </section>
      <Factors />
      <Relatives />
      <Sessions />
    </Page>
  );
}

/** Before anything else: the password was told by somebody else. */
export function FirstPassword() {
  const { t } = useSpeech();
  return (
    <Page title={t('account.password')} className="narrow">
      <p className="aside aside-amber">{t('account.told')}</p>
      <ChangePassword />
    </Page>
  );
}

function ChangePassword() {
  const { t } = useSpeech();
  const { readAccount } = useSession();
  const [given, setGiven] = useState({ present: '', next: '', again: '' });
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('access.account.change-password');
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (given.next !== given.again) return;
    if (!(await act({ present: given.present, next: given.next }))) return;
    setGiven({ present: '', next: '', again: '' });
    setSent(false);
    await readAccount();
  };
  const field = (name: keyof typeof given, complete: string, more: object = {}) => (
    <TextField
      id={`password-${name}`}
      label={t(`account.${name}`)}
      value={given[name]}
      change={(value) => setGiven((g) => ({ ...g, [name]: value }))}
      more={{ type: 'password', autoComplete: complete, required: true }}
      {...more}
    />
  );
  const differ = sent && given.next !== given.again ? t('account.differ') : undefined;
  return (
    <>
      {fault === null ? null : <Faults fault={fault} />}
      {answer === null ? null : <Told>{t('account.changed')}</Told>}
      <form onSubmit={(e) => void send(e)}>
        {field('present', 'current-password')}
        {field('next', 'new-password', { hint: t('account.next-hint') })}
        {field('again', 'new-password', { error: differ })}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('account.change')}
        </Button>
      </form>
    </>
  );
}

/** By what one signs in; it is set up on the pages that work without a script, for all kinds of account. */
function Factors() {
  const { t } = useSpeech();
  const asked = useAsk('access.factors', {});
  return (
    <section>
      <h2>{t('account.factors')}</h2>
      <Answer of={asked}>
        {({ totp, recoveryLeft, passkeys }) => (
          <>
            <p>
              {totp ? t('account.totp-on', { left: recoveryLeft }) : t('account.totp-off')}{' '}
              <a href="/account/totp">{t('account.totp-manage')}</a>
            </p>
            <p>
              {t('account.passkeys', { count: passkeys.length })}{' '}
              <a href="/account">{t('account.passkeys-manage')}</a>
            </p>
          </>
        )}
      </Answer>
    </section>
  );
}

function Sessions() {
  const { t } = useSpeech();
  const asked = useAsk('access.sessions', {});
  const { busy, fault, act } = useAct('access.session.end');
  const end = async (which: { session: string } | { others: true }) => {
    if (await act(which)) asked.again();
  };
  const columns = useColumns(busy, (session) => void end({ session }));
  return (
    <section>
      <h2>{t('account.sessions')}</h2>
      <p>{t('account.sessions-why')}</p>
      {fault === null ? null : <Faults fault={fault} />}
      <Answer of={asked}>
        {({ rows }) => (
          <>
            <DataTable
              label={t('account.sessions')}
              columns={columns}
              rows={rows}
              keyOf={(r) => r.session}
              empty={t('account.none')}
            />
            {rows.length > 1 ? (
              <p className="doing">
                <Button disabled={busy} onClick={() => void end({ others: true })}>
                  {t('account.end-others')}
                </Button>
              </p>
            ) : null}
          </>
        )}
      </Answer>
    </section>
  );
}

function useColumns(busy: boolean, end: (session: string) => void): readonly Column<SessionView>[] {
  const { t, language } = useSpeech();
  return [
    {
      title: t('account.device'),
      row: true,
      cell: (r) => (r.device === '' ? t('account.device-other') : r.device),
    },
    { title: t('account.way'), cell: (r) => t(`account.way-${r.way}`) },
    { title: t('account.started'), cell: (r) => showMoment(r.startedAt, language) },
    { title: t('account.seen'), cell: (r) => showMoment(r.seenAt, language) },
    {
      title: t('account.state'),
      cell: (r) =>
        r.current ? (
          <Status kind="done">{t('account.current')}</Status>
        ) : (
          <Button size="small" disabled={busy} onClick={() => end(r.session)}>
            {t('account.end')}
          </Button>
        ),
    },
  ];
}
