import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { AuditLook } from '../../../../../services/oversight/index.ts';
import { useAsk } from '../../asking.ts';
import { count, showMoment } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { TextField } from '../../parts/field.tsx';
import { type Column, List, usePages } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Reading } from '../../parts/states.tsx';
import { Han, Status } from '../../parts/words.tsx';
import { type Days, DaysFields, useDaysWrong, useLastDays } from './days.tsx';
import { usePurposeWords, useRefusedWords, useRoleWords } from './words.ts';

/** Whose looks: in the window's history, for a citizen number stays in no address. */
interface Wanted extends Days {
  readonly person: string;
}

const controls = { purpose: 'check-controls' } as const;

/** Who looked at a person's data between two days; nothing of the data. */
export function LooksAtPersonPage() {
  const { t } = useSpeech();
  const last = useLastDays();
  const wanted = useLocation().state as Wanted | null;
  const pages = usePages(JSON.stringify(wanted));
  const input = wanted === null ? null : { ...wanted, cursor: pages.cursor };
  const asked = useAsk('access.audit.person', input, undefined, controls);
  const columns = useColumns();
  return (
    <Page
      title={t('audit.person-title')}
      aside={
        wanted === null || asked.answer === null
          ? null
          : t('audit.count', { count: count(asked.answer.total) })
      }
    >
      {last === null ? (
        <Reading />
      ) : (
        <Search key={JSON.stringify(wanted)} begin={wanted ?? { person: '', ...last }} />
      )}
      {wanted === null ? (
        <p className="empty">{t('audit.empty-person')}</p>
      ) : (
        <List
          label={t('audit.person-title')}
          columns={columns}
          keyOf={(r) => String(r.id)}
          asked={asked}
          pages={pages}
          empty={t('audit.none-person')}
        />
      )}
    </Page>
  );
}

function Search({ begin }: { readonly begin: Wanted }) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const [given, setGiven] = useState(begin);
  const [sent, setSent] = useState(false);
  const wrong = useDaysWrong(given);
  const missing = given.person.trim() === '' ? t('relatives.number-missing') : undefined;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (missing !== undefined || wrong.from !== undefined || wrong.to !== undefined) return;
    void navigate('/audit/person', { state: { ...given, person: given.person.trim() } });
  };
  return (
    <form className="filters" onSubmit={send} noValidate>
      <TextField
        id="person"
        label={t('audit.person-hint')}
        error={sent ? missing : undefined}
        value={given.person}
        change={(person) => setGiven({ ...given, person })}
        width="amount"
        more={{ maxLength: 18 }}
      />
      <DaysFields
        days={given}
        change={(days) => setGiven({ ...given, ...days })}
        wrong={sent ? wrong : {}}
      />
      <Button type="primary" htmlType="submit">
        {t('audit.find')}
      </Button>
      <p className="hint">{t('audit.recorded')}</p>
    </form>
  );
}

function useColumns(): readonly Column<AuditLook>[] {
  const { t, language, say } = useSpeech();
  const purposeWords = usePurposeWords();
  const roleWords = useRoleWords();
  const refusedWords = useRefusedWords();
  const how = (r: AuditLook) => {
    if (r.refused !== null) return <Status kind="stop">{refusedWords(r.refused)}</Status>;
    if (r.listed === null) return t('audit.how-one');
    return t(r.listed === 0 ? 'audit.how-listed-none' : 'audit.how-listed', {
      count: count(r.listed),
    });
  };
  return [
    { title: t('audit.at'), cell: (r) => showMoment(r.at, language) },
    {
      title: t('audit.who'),
      row: true,
      cell: (r) => (r.name === '' ? t('audit.self') : <Han>{r.name}</Han>),
    },
    {
      title: t('audit.role'),
      cell: (r) => (
        <>
          {roleWords(r.role)} {r.area === null ? null : <Han>{r.area}</Han>}
        </>
      ),
    },
    { title: t('audit.what'), wrap: true, cell: (r) => say(r.what) },
    { title: t('audit.purpose'), cell: (r) => purposeWords(r.purpose) },
    {
      title: t('audit.matter'),
      cell: (r) => {
        const kind = (['matter', 'investigation', 'emergency'] as const).find(
          (k) => k === r.matterKind,
        );
        return kind === undefined ? '—' : `${t(`matters.kind.${kind}`)} ${r.matter}`;
      },
    },
    { title: t('audit.how'), cell: how },
    { title: t('audit.wall'), cell: (r) => showMoment(r.wall, language) },
  ];
}
