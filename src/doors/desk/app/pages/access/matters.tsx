import { Link } from 'react-router';
import type { MatterRow } from '../../../../../services/oversight/index.ts';
import { listEvery, useAsk } from '../../asking.ts';
import { count, minutesTo, showMoment } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { type Column, DataTable } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer } from '../../parts/states.tsx';
import { Status } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';

/** Whether a matter serves as a purpose; an emergency with how long it still does. */
export function MatterState({ of }: { readonly of: MatterRow }) {
  const { t } = useSpeech();
  if (!of.open)
    return (
      <Status kind="done">
        {t(of.kind === 'emergency' ? 'matters.state.ended' : 'matters.state.closed')}
      </Status>
    );
  if (of.until === null) return <Status kind="run">{t('matters.state.open')}</Status>;
  const left = minutesTo(of.until);
  return (
    <Status kind="soon">
      {t('matters.left', { hours: Math.floor(left / 60), minutes: left % 60 })}
    </Status>
  );
}

/** The matters that one works on, and the ways to open another. */
export function MattersPage() {
  const { t } = useSpeech();
  const { may } = useSession();
  const asked = useAsk('access.matters', {}, listEvery);
  const columns = useColumns();
  const open = asked.answer?.rows.filter((r) => r.open).length ?? 0;
  return (
    <Page
      title={t('matters')}
      aside={asked.answer === null ? null : t('matters.count', { count: count(open) })}
    >
      <p className="aside">{t('matters.why')}</p>
      <p className="acts">
        <Link to="/matters/new?kind=matter">{t('matters.open')}</Link>
        {may('access.matter.investigate') ? (
          <Link to="/matters/new?kind=investigation">{t('matters.investigate')}</Link>
        ) : null}
        {may('access.matter.emergency') ? (
          <Link to="/matters/new?kind=emergency">{t('matters.emergency')}</Link>
        ) : null}
      </p>
      <h2 className="part">{t('matters.registered')}</h2>
      <Answer of={asked}>
        {({ rows }) => (
          <DataTable
            label={t('matters')}
            columns={columns}
            rows={rows}
            keyOf={(r) => r.matter}
            empty={t('matters.none')}
          />
        )}
      </Answer>
    </Page>
  );
}

function useColumns(): readonly Column<MatterRow>[] {
  const { t, language } = useSpeech();
  return [
    {
      title: t('matters.reason'),
      row: true,
      cell: (r) => <Link to={`/matters/${r.matter}`}>{r.reason}</Link>,
    },
    { title: t('matters.kind'), cell: (r) => t(`matters.kind.${r.kind}`) },
    { title: t('matters.number-of-persons'), n: true, cell: (r) => count(r.persons) },
    { title: t('matters.looks'), n: true, cell: (r) => count(r.looks) },
    { title: t('matters.at'), cell: (r) => showMoment(r.at, language) },
    { title: t('status'), cell: (r) => <MatterState of={r} /> },
  ];
}
