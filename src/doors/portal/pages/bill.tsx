import { showYuan } from '../../../kernel/index.ts';
import type { BillView, Derivation } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMonth } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { plainYuan, Standing } from '../parts.tsx';
import {
  type Asked,
  Balance,
  type BillProps,
  InsuranceRow,
  LaterLines,
  Opened,
  whyOf,
} from './bill-rows.tsx';
import { Sources, WhyLink } from './derivation.tsx';

/** The unified bill; `?why=` opens one figure's derivation below its row. */
export async function billPage(visit: Visit): Promise<Response> {
  const employer = visit.subjectOf('employer');
  const month = visit.c.req.param('month') ?? '';
  const bill = await visit.call<BillView>('insurance.bill', { employer, month });
  const asked = whyOf(visit);
  const parts = asked === null ? [] : await partsOf(visit, { employer, month }, asked);
  return show(visit, <Bill visit={visit} bill={bill} parts={parts} />);
}

async function partsOf(
  visit: Visit,
  of: { readonly employer: string; readonly month: string },
  asked: Asked,
): Promise<readonly Derivation[]> {
  if (asked.of === 'figure' || asked.of === 'base') {
    const { insurance, figure } = asked;
    return [await visit.call<Derivation>('insurance.explain-bill', { ...of, insurance, figure })];
  }
  const { because } = await visit.call<Derivation>('insurance.explain-bill', {
    ...of,
    insurance: asked.insurance,
    feeMonth: asked.feeMonth ?? of.month,
  });
  return because.filter((d) => asked.share === null || d.rule.endsWith(`.${asked.share}`));
}

function Bill({ visit, bill, parts }: BillProps) {
  const { t, language } = visit;
  const month = showMonth(bill.month, language);
  const title = t('bill.title', { month });
  const crumbs = [[t('crumb.employer'), '/employer'], [t('employer.bills')]] as const;
  return (
    <Page visit={visit} title={title} place="employer" crumbs={crumbs}>
      <div class="head">
        <div>
          <h1>{title}</h1>
          <p>{t('bill.lede')}</p>
        </div>
        <p class="payable">
          <span class="quiet">{t('bill.payable')}</span>
          <b>{showYuan(bill.total.payableFen)}</b>
          <Standing
            visit={visit}
            of={bill.standing}
            openFen={bill.standing.openFen}
            payableFen={bill.total.payableFen}
          />{' '}
          {bill.dueAssumed && bill.standing.deferredUntil === null ? (
            <span class="assumed">{t('tag.assumed')}</span>
          ) : null}
        </p>
      </div>
      <Facts visit={visit} bill={bill} />
      <Amounts visit={visit} bill={bill} parts={parts} />
      <form class="acts screen" method="post" action={`/employer/bill/${bill.month}`}>
        <Token visit={visit} />
        <button class="btn" type="submit">
          {t('bill.pdf')}
        </button>
        <span class="hint">{t('bill.pdf-how')}</span>
      </form>
      <Payments visit={visit} bill={bill} />
      <Below visit={visit} bill={bill} />
    </Page>
  );
}

function Facts({ visit, bill }: { visit: Visit; bill: BillView }) {
  const { t, language } = visit;
  return (
    <dl class="facts">
      <dt>{t('bill.employer')}</dt>
      <dd lang="zh-CN">{bill.employer.name}</dd>
      <dt>{t('bill.number')}</dt>
      <dd lang="zh-CN">{bill.number}</dd>
      <dt>{t('bill.code')}</dt>
      <dd>{bill.employer.code}</dd>
      <dt>{t('bill.area')}</dt>
      <dd lang="zh-CN">{bill.area}</dd>
      <dt>{t('bill.office')}</dt>
      <dd>{bill.office[language]}</dd>
      <dt>{t('bill.issued')}</dt>
      <dd>{showDay(bill.issuedOn, language)}</dd>
    </dl>
  );
}

function Amounts({ visit, bill, parts }: BillProps) {
  const { t } = visit;
  const left = bill.total.creditFen - bill.total.setOffFen;
  return (
    <>
      <table class="bill stack" id="figures">
        <caption>
          <span class="sr">{t('bill.caption')}</span>
          <span class="unit">{t('unit.yuan')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('bill.insurance')}</th>
            <th scope="col" class="n">
              {t('bill.persons')}
            </th>
            <th scope="col" class="n">
              {t('bill.base')}
            </th>
            <th scope="col" class="n">
              {t('bill.by-employer')}
            </th>
            <th scope="col" class="n">
              {t('bill.by-employees')}
            </th>
            <th scope="col" class="n">
              {t('bill.sum')}
            </th>
          </tr>
        </thead>
        <tbody>
          {bill.insurances.map((i) => (
            <InsuranceRow visit={visit} bill={bill} of={i} parts={parts} />
          ))}
          <LaterLines visit={visit} bill={bill} parts={parts} />
          <Balance visit={visit} bill={bill} parts={parts} />
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('bill.total')}</th>
            <td />
            <td />
            <td />
            <td />
            <td class="n first">
              <WhyLink
                visit={visit}
                why="payable"
                amount={bill.total.payableFen}
                text={showYuan(bill.total.payableFen)}
              />
            </td>
          </tr>
          <Opened
            visit={visit}
            bill={bill}
            parts={parts}
            why="payable"
            what={t('bill.total')}
            amount={bill.total.payableFen}
          />
        </tfoot>
      </table>
      {left === 0 ? null : <p class="note">{t('bill.credit-left', { amount: showYuan(left) })}</p>}
    </>
  );
}

function Payments({ visit, bill }: { visit: Visit; bill: BillView }) {
  const { t, language } = visit;
  if (bill.payments.length === 0) return null;
  return (
    <section class="below-table">
      <table class="stack">
        <caption>
          {t('bill.payments')}
          <span class="unit">{t('unit.yuan')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('bill.received-on')}</th>
            <th scope="col">{t('bill.payment-kind')}</th>
            <th scope="col">{t('bill.reference')}</th>
            <th scope="col" class="n">
              {t('bill.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {bill.payments.map((p) => (
            <tr>
              <th scope="row">{showDay(p.receivedOn, language)}</th>
              <td data-l={t('bill.payment-kind')}>{t(`payment.${p.kind}`)}</td>
              <td data-l={t('bill.reference')}>{p.reference === '' ? '—' : p.reference}</td>
              <td class="n first">{plainYuan(p.amountFen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Below({ visit, bill }: { visit: Visit; bill: BillView }) {
  const { t } = visit;
  return (
    <div class="below">
      {bill.insurances
        .filter((i) => i.state === 'not-computed' && !i.employeesComputed)
        .map((i) => (
          <div class="aside aside-amber">
            <h2>{t('bill.why-not', { insurance: t(`insurance.${i.insurance}`) })}</h2>
            <p>{t('bill.why-not-how', { document: i.missing ?? '' })}</p>
          </div>
        ))}
      <div class="aside">
        <h2>{t('bill.partial')}</h2>
        <p>{t('bill.partial-how')}</p>
      </div>
      {bill.insurances.some((i) => i.provisional) ? (
        <div class="aside">
          <h2>{t('tag.provisional')}</h2>
          {bill.provisionalBasis === null ? null : (
            <p>
              {`${bill.provisionalBasis.how[visit.language]}${t('stop')}`}{' '}
              <Sources parts={bill.provisionalBasis.parameters} />
            </p>
          )}
          <p>
            {t(bill.provisionalBasis === null ? 'bill.provisional-law' : 'bill.provisional-note')}
          </p>
        </div>
      ) : null}
      {bill.insurances.some((i) => i.assumed) ||
      bill.lines.some((l) => l.assumed) ||
      bill.dueAssumed ||
      bill.lateFees.some((l) => l.assumed) ? (
        <div class="aside">
          <h2>{t('tag.assumed')}</h2>
          <p>{t('bill.assumed-note')}</p>
        </div>
      ) : null}
    </div>
  );
}
