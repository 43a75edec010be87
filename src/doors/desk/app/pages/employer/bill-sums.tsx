import { Fragment } from 'react';
import type {
  BalanceFigure,
  BillInsurance,
  BillView,
} from '../../../../../services/insurance/index.ts';
import { amount, count, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Sideways } from '../../parts/sideways.tsx';
import { Tags } from '../../parts/words.tsx';
import { DerivedRow, type Opener, useOpener, WhyButton } from './derived.tsx';

/** The five insurances, and from their sum to what is to be paid now; each figure opens its derivation. */
export function Insurances({ of }: { readonly of: BillView }) {
  const { t } = useSpeech();
  const opener = useOpener();
  return (
    <>
      <h2 className="part">
        {t('bill.insurances')} <span className="unit">{t('unit')}</span>
      </h2>
      <Sideways label={t('bill.insurances')}>
        <table className="stack">
          <thead>
            <tr>
              <th scope="col">{t('insurance')}</th>
              <th scope="col" className="n">
                {t('persons')}
              </th>
              <th scope="col" className="n">
                {t('bill.base')}
              </th>
              <th scope="col" className="n">
                {t('share.employer')}
              </th>
              <th scope="col" className="n">
                {t('share.employee')}
              </th>
              <th scope="col" className="n">
                {t('total')}
              </th>
            </tr>
          </thead>
          <tbody>
            {of.insurances.map((i) => (
              <InsuranceRows key={i.insurance} of={i} bill={of} opener={opener} />
            ))}
          </tbody>
          <tfoot>
            <Balance of={of} opener={opener} />
          </tfoot>
        </table>
      </Sideways>
    </>
  );
}

interface RowProps {
  readonly of: BillInsurance;
  readonly bill: BillView;
  readonly opener: Opener;
}

function InsuranceRows({ of, bill, opener }: RowProps) {
  const { t } = useSpeech();
  const { insurance } = of;
  const name = t(`insurance.${insurance}`);
  if (of.state === 'not-computed' && !of.employeesComputed)
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={5}>
          {t('not-computed')}
          <span className="mini"> {t('not-computed.missing', { what: of.missing ?? '' })}</span>
        </td>
      </tr>
    );
  if (of.undeclared && !of.billed)
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={5}>
          {t('bill.undeclared')} · {t('bill.not-billed')}
        </td>
      </tr>
    );
  const why = (what: string, fen: number) => (
    <WhyButton opener={opener} of={insurance} what={`${name} ${what}`} fen={fen} />
  );
  const ofEmployerAlone = insurance === 'injury' || insurance === 'maternity';
  return (
    <>
      <tr data-row>
        <th scope="row">
          {name}
          <Tags assumed={of.assumed} provisional={of.provisional} />
        </th>
        <PersonCells of={of} opener={opener} />
        <td className="n" data-l={t('share.employer')}>
          {of.state === 'not-computed' ? (
            <>
              {t('not-computed')}
              <span className="mini"> {t('not-computed.missing', { what: of.missing ?? '' })}</span>
            </>
          ) : (
            why(t('share.employer'), of.employerFen)
          )}
        </td>
        <td className="n" data-l={t('share.employee')}>
          {ofEmployerAlone ? '—' : why(t('share.employee'), of.employeeFen)}
        </td>
        <td className="n" data-l={t('total')}>
          {why(t('total'), of.employerFen + of.employeeFen)}
        </td>
      </tr>
      <DerivedRow
        opener={opener}
        of={insurance}
        why={{ insurance, feeMonth: bill.month }}
        bill={bill}
        columns={6}
      />
      <DerivedRow
        opener={opener}
        of={`${insurance}-base`}
        why={{ insurance, figure: 'base' }}
        bill={bill}
        columns={6}
      />
    </>
  );
}

/** How many are insured and on what they pay; without a declaration there are none. */
function PersonCells({ of, opener }: Pick<RowProps, 'of' | 'opener'>) {
  const { t } = useSpeech();
  const name = t(`insurance.${of.insurance}`);
  const key = `${of.insurance}-base`;
  const opens = !of.undeclared && of.persons > 0;
  return (
    <>
      <td className="n" data-l={t('persons')}>
        {of.undeclared ? (
          t('bill.undeclared')
        ) : opens ? (
          <WhyButton
            opener={opener}
            of={key}
            what={`${name} ${t('persons')}`}
            fen={of.persons}
            text={count(of.persons)}
          />
        ) : (
          '0'
        )}
      </td>
      <td className="n" data-l={t('bill.base')}>
        {of.undeclared ? (
          t('bill.undeclared-base')
        ) : opens ? (
          <WhyButton opener={opener} of={key} what={`${name} ${t('bill.base')}`} fen={of.baseFen} />
        ) : (
          amount(of.baseFen)
        )}
      </td>
    </>
  );
}

/** From what was assessed to what is to be paid now; rows of nothing are left out. */
function Balance({ of, opener }: { readonly of: BillView; readonly opener: Opener }) {
  const { t } = useSpeech();
  const { total } = of;
  const rows: readonly (readonly [BalanceFigure, string, number])[] = [
    ['paid', t('bill.paid'), -of.paidFen],
    ['elsewhere', t('bill.elsewhere'), total.elsewhereFen],
    ['arrears', t('bill.arrears'), total.arrearsFen],
    ['late-fee', t('bill.late-fee'), total.lateFeeFen],
    ['put-off', t('bill.put-off'), -total.putOffFen],
    ['credit', t('bill.credit'), -total.setOffFen],
  ];
  const sum = t('bill.with-differences');
  const why = (key: BalanceFigure, what: string, fen: number, text?: string) => (
    <WhyButton
      opener={opener}
      of={key}
      what={what}
      fen={fen}
      {...(text === undefined ? {} : { text })}
    />
  );
  const opened = (key: BalanceFigure) => (
    <DerivedRow opener={opener} of={key} why={{ figure: key }} bill={of} columns={6} />
  );
  const { employerFen, employeeFen, payableFen } = total;
  return (
    <>
      <tr data-row>
        <th scope="row" colSpan={3}>
          {sum}
        </th>
        <td className="n" data-l={t('share.employer')}>
          {why('month-employer', `${sum} ${t('share.employer')}`, employerFen)}
        </td>
        <td className="n" data-l={t('share.employee')}>
          {why('month-employee', `${sum} ${t('share.employee')}`, employeeFen)}
        </td>
        <td className="n" data-l={t('total')}>
          {why('month', sum, employerFen + employeeFen)}
        </td>
      </tr>
      {opened('month-employer')}
      {opened('month-employee')}
      {opened('month')}
      {rows
        .filter(([, , fen]) => fen !== 0)
        .map(([key, name, fen]) => (
          <Fragment key={key}>
            <tr data-row>
              <th scope="row" colSpan={5}>
                {name}
              </th>
              <td className="n">{why(key, name, fen)}</td>
            </tr>
            {opened(key)}
          </Fragment>
        ))}
      <tr data-row>
        <th scope="row" colSpan={5}>
          {t('bill.payable')}
        </th>
        <td className="n">{why('payable', t('bill.payable'), payableFen, showYuan(payableFen))}</td>
      </tr>
      {opened('payable')}
    </>
  );
}
