import { Button } from 'antd';
import { type FormEvent, useMemo, useState } from 'react';
import { useParams } from 'react-router';
import type { RecordView } from '../../../../services/insurance/index.ts';
import { type Grounds, purposes } from '../api.ts';
import { useAsk } from '../asking.ts';
import { amount, count, day, showMonth, showYuan, sumOf } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { Facts } from '../parts/facts.tsx';
import { GroundsFields, groundsWhole } from '../parts/grounds.tsx';
import { type Column, DataTable, useFilters } from '../parts/list.tsx';
import { Page } from '../parts/page.tsx';
import { Answer } from '../parts/states.tsx';
import { EmployerLink, Han, Status, type StatusKind, Tags } from '../parts/words.tsx';
import { Activation } from './activation.tsx';
import { Certificates } from './certificates.tsx';
import { Payout } from './payout.tsx';

type Month = RecordView['months'][number];
type Enrolment = RecordView['enrolments'][number];

/** The purpose that stands in the address, with its matter. */
function useGrounds(): Grounds {
  const { get } = useFilters();
  const purpose = purposes.find((p) => p === get('purpose')) ?? 'counter-visit';
  const matter = get('matter');
  return useMemo(() => ({ purpose, matter }), [purpose, matter]);
}

/** One person's record, looked at for the purpose that stands in the address, and the certificates. */
export function PersonPage() {
  const { t } = useSpeech();
  const { person = '' } = useParams();
  const grounds = useGrounds();
  const whole = groundsWhole(grounds);
  const asked = useAsk('insurance.record', whole ? { person } : null, undefined, grounds);
  return (
    <Page
      title={asked.answer?.name ?? t('person')}
      aside={asked.answer === null ? null : asked.answer.number}
      end={
        <span className="mini">{`${t('persons.purpose')} · ${t(`purpose.${grounds.purpose}`)}`}</span>
      }
      back={{ to: '/persons', text: t('persons.title') }}
    >
      <OtherGrounds key={JSON.stringify(grounds)} of={grounds} />
      {whole ? (
        <Answer of={asked}>
          {(of) => (
            <>
              <About of={of} />
              <Payout person={person} grounds={grounds} />
              <Certificates holder={{ person }} grounds={grounds} />
              <Activation person={person} grounds={grounds} />
              <Months rows={of.months} />
              <Enrolments rows={of.enrolments} />
            </>
          )}
        </Answer>
      ) : (
        <p className="aside aside-amber">{t('grounds.needed')}</p>
      )}
    </Page>
  );
}

/** The same file for another purpose: what is recorded says which. */
function OtherGrounds({ of }: { readonly of: Grounds }) {
  const { t } = useSpeech();
  const { set } = useFilters();
  const [grounds, setGrounds] = useState(of);
  const [missing, setMissing] = useState(false);
  const look = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!groundsWhole(grounds));
    if (groundsWhole(grounds)) set({ purpose: grounds.purpose, matter: grounds.matter });
  };
  return (
    <details open={!groundsWhole(of)}>
      <summary>{t('grounds.change')}</summary>
      <form className="filters" onSubmit={look}>
        <GroundsFields grounds={grounds} change={setGrounds} missing={missing} />
        <Button htmlType="submit">{t('grounds.do')}</Button>
      </form>
    </details>
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
