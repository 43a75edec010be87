import { Select } from 'antd';
import { Link } from 'react-router';
import type { ProposalRow } from '../../../../../services/oversight/index.ts';
import { listEvery, useAsk } from '../../asking.ts';
import { count, showMoment } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { type Column, DataTable, useFilters } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer } from '../../parts/states.tsx';
import { Han, Status, type StatusKind } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { Summary } from './input.tsx';

const kinds: Readonly<Record<ProposalRow['state'], StatusKind>> = {
  waiting: 'none',
  reviewed: 'run',
  done: 'done',
  refused: 'stop',
  withdrawn: 'stop',
  lapsed: 'stop',
};

const waits = (row: ProposalRow): boolean => row.state === 'waiting' || row.state === 'reviewed';

/** How a proposal stands, and of what waits, whether it waits for who looks. */
export function ProposalState({ of }: { readonly of: ProposalRow }) {
  const { t } = useSpeech();
  const yours = of.yours === 'decide';
  return (
    <>
      <Status kind={yours ? 'soon' : kinds[of.state]}>{t(`proposals.state.${of.state}`)}</Status>
      {waits(of) ? <span className="mini"> {t(`proposals.yours.${of.yours}`)}</span> : null}
    </>
  );
}

/** What waits for a second or third person, and what became of it. */
export function ProposalsPage() {
  const { t } = useSpeech();
  const { city } = useSession();
  const { get, set } = useFilters();
  const all = get('which') === 'all';
  const asked = useAsk('access.proposals', {}, listEvery);
  const columns = useColumns();
  const mine = asked.answer?.rows.filter((r) => r.yours === 'decide').length ?? 0;
  const none = city?.kind === 'simulated' ? 'proposals.none-simulated' : 'proposals.none';
  return (
    <Page
      title={t('proposals')}
      aside={asked.answer === null ? null : t('proposals.count', { count: count(mine) })}
    >
      <div className="filters">
        <div>
          <span aria-hidden="true">{t('proposals.shown')}</span>
          <Select
            aria-label={t('proposals.shown')}
            className="w-day"
            value={all ? 'all' : ''}
            onChange={(which: string) => set({ which })}
            options={[
              { value: '', label: t('proposals.shown-waiting') },
              { value: 'all', label: t('all') },
            ]}
          />
        </div>
      </div>
      <Answer of={asked}>
        {({ rows }) => (
          <DataTable
            label={t('proposals')}
            columns={columns}
            rows={all ? rows : rows.filter(waits)}
            keyOf={(r) => r.proposal}
            empty={t(none)}
          />
        )}
      </Answer>
    </Page>
  );
}

function useColumns(): readonly Column<ProposalRow>[] {
  const { t, language, say } = useSpeech();
  return [
    {
      title: t('proposals.what'),
      row: true,
      cell: (r) => <Link to={`/proposals/${r.proposal}`}>{say(r.title)}</Link>,
    },
    { title: t('proposals.about'), wrap: true, cell: (r) => <Summary input={r.input} /> },
    { title: t('proposals.by'), cell: (r) => <Han>{r.by}</Han> },
    { title: t('proposals.at'), cell: (r) => showMoment(r.at, language) },
    {
      title: t('proposals.reviewed-by'),
      cell: (r) => (r.reviewedBy === null ? '—' : <Han>{r.reviewedBy}</Han>),
    },
    { title: t('status'), cell: (r) => <ProposalState of={r} /> },
  ];
}
