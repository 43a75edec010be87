import { useParams } from 'react-router';
import type { RecordView } from '../../../../services/insurance/index.ts';
import { type Purpose, purposes } from '../api.ts';
import { useAsk } from '../asking.ts';
import { amount, count, day, showMonth, showYuan, sumOf } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { Facts } from '../parts/facts.tsx';
import { type Column, DataTable, useFilters } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { Answer } from '../parts/states.tsx';
import { EmployerLink, Han, Status, type StatusKind, Tags } from '../parts/words.tsx';
import { Activation } from './activation.tsx';
import { Certificates } from './certificates.tsx';
import { Payout } from './payout.tsx';

type Month = RecordView['months'][number];
type Enrolment = RecordView['enrolments'][number];

/** One person's record, looked at for the purpose that stands in the address, and the certificates. */
export function PersonPage() {
  const { t } = useSpeech();
  const { person = '' } = useParams();
  const { get } = useFilters();
  const purpose: Purpose = purposes.find((p) => p === get('purpose')) ?? 'counter-visit';
  const asked = useAsk('insurance.record', { person }, undefined, purpose);
  return (
    <Page
      title={asked.answer?.name ?? t('person')}
      aside={asked.answer === null ? null : asked.answer.number}
      end={<span className="mini">{`${t('persons.purpose')} · ${t(`purpose.${purpose}`)}`}</span>}
      back={{ to: '/persons', text: t('persons.title') }}
    >
      <Answer of={asked}>
        {(of) => (
          <>
            <About of={of} />
            <Payout person={person} purpose={purpose} />
            <Certificates holder={{ person }} purpose={purpose} />
            <Activation person={person} purpose={purpose} />
            <Months rows={of.months} />
            <Enrolments rows={of.enrolments} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function About({ of }: { readonly of: RecordView }) {
  const { t } = useSpeech();
  return (
    <Facts
      rows={[
        [t('area'), <Han key="a">{of.area}</Han>],
        [t('record.counted'), t('record.months-of', { count: count(of.countedMonths) })],
        [t('record.deemed'), t('record.months-of', { count: count(of.deemedMonths) })],
        ...of.accounts.map(
          (a) => [t(`record.account.${a.insurance}`), showYuan(a.balanceFen)] as const,
        ),
      ]}
    />
  );
}

const states: Readonly<Record<Month['state'], StatusKind>> = {
  paid: 'done',
  'partly-paid': 'soon',
  unpaid: 'soon',
  'not-due': 'none',
};

function Months({ rows }: { readonly rows: readonly Month[] }) {
  const { t, language } = useSpeech();
  const sum = (of: (a: Month['amounts'][number]) => number) => (r: Month) =>
    amount(sumOf(r.amounts, of));
  const columns: readonly Column<Month>[] = [
    {
      title: t('month'),
      row: true,
      cell: (r) => (
        <>
          {showMonth(r.month, language)}
          <Tags assumed={r.amounts.some((a) => a.assumed)} />
        </>
      ),
    },
    {
      title: t('employer'),
      cell: (r) => <EmployerLink employer={r.employer} name={r.employerName} />,
    },
    { title: t('record.base'), n: true, cell: (r) => amount(r.baseFen) },
    { title: t('share.employee'), n: true, cell: sum((a) => a.employeeFen) },
    { title: t('share.employer'), n: true, cell: sum((a) => a.employerFen) },
    { title: t('record.credited'), n: true, cell: sum((a) => a.creditedFen) },
    {
      title: t('status'),
      cell: (r) => <Status kind={states[r.state]}>{t(`record.state.${r.state}`)}</Status>,
    },
  ];
  return (
    <>
      <h2 className="part">
        {t('record.months')} <span className="unit">{t('unit')}</span>
      </h2>
      <DataTable
        label={t('record.months')}
        columns={columns}
        rows={rows}
        keyOf={(r) => `${r.month} ${r.employer}`}
        empty={t('record.none')}
      />
    </>
  );
}

function Enrolments({ rows }: { readonly rows: readonly Enrolment[] }) {
  const { t, language } = useSpeech();
  if (rows.length === 0) return null;
  const columns: readonly Column<Enrolment>[] = [
    {
      title: t('employer'),
      row: true,
      cell: (r) => <EmployerLink employer={r.employer} name={r.employerName} />,
    },
    { title: t('category'), cell: (r) => t(`person-category.${r.category}`) },
    { title: t('record.from'), cell: (r) => day(r.from, language) },
    {
      title: t('record.to'),
      cell: (r) => (r.to === null ? t('record.now') : day(r.to, language)),
    },
    {
      title: t('record.insurances'),
      cell: (r) =>
        r.insurances.map((i) => t(`insurance.${i}`)).join(language === 'zh' ? '、' : ', '),
    },
  ];
  return (
    <>
      <h2 className="part">{t('record.enrolments')}</h2>
      <DataTable
        label={t('record.enrolments')}
        columns={columns}
        rows={rows}
        keyOf={(r) => `${r.employer} ${r.from} ${r.category}`}
        empty=""
      />
    </>
  );
}
