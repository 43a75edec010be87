import { Link } from 'react-router';
import type { TrialBalanceView } from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { amount, showMonth } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Page } from '../../parts/page.tsx';
import { ReportFiles } from '../../parts/paper.tsx';
import { Sideways } from '../../parts/sideways.tsx';
import { Answer } from '../../parts/states.tsx';
import { Han, Status } from '../../parts/words.tsx';
import { type Scope, ScopeBar, scopeQuery, Unscoped, useScope } from './scope.tsx';

/** Every account of a fund's book in a month; each movement opens its journal lines. */
export function TrialBalancePage() {
  const { t, language } = useSpeech();
  const scope = useScope();
  const asked = useAsk('insurance.trial-balance', scope);
  return (
    <Page
      title={
        scope === null
          ? t('trial-balance')
          : t('trial-balance.title', { month: showMonth(scope.month, language) })
      }
      aside={
        asked.answer === null ? null : (
          <>
            <Han>{asked.answer.area}</Han> <Balanced of={asked.answer} />
          </>
        )
      }
      end={
        scope === null ? null : <ReportFiles query="insurance.trial-balance" input={{ ...scope }} />
      }
    >
      {scope === null ? (
        <Unscoped />
      ) : (
        <>
          <ScopeBar scope={scope} parts={['fund', 'area', 'book']} />
          <Answer of={asked}>{(of) => <Rows of={of} scope={scope} />}</Answer>
        </>
      )}
    </Page>
  );
}

function Balanced({ of }: { readonly of: TrialBalanceView }) {
  const { t } = useSpeech();
  return of.debitFen === of.creditFen ? (
    <Status kind="done">{t('trial-balance.even')}</Status>
  ) : (
    <Status kind="late">{t('trial-balance.uneven')}</Status>
  );
}

function Rows({ of, scope }: { readonly of: TrialBalanceView; readonly scope: Scope }) {
  const { t, say } = useSpeech();
  if (of.rows.length === 0) return <p className="empty">{t('trial-balance.none')}</p>;
  const cell = (account: string, name: string, fen: number) => (
    <Link
      className="why"
      to={`/entries?${scopeQuery(scope, { row: account })}`}
      aria-label={t('entries.of', { what: name, amount: amount(fen) })}
    >
      {amount(fen)}
    </Link>
  );
  return (
    <Sideways label={t('trial-balance')}>
      <table className="wide stack">
        <caption>
          {t(`book.${of.book}`)}{' '}
          <span className="unit">
            {t('trial-balance.sides')} · {t('unit')}
          </span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('account.code')}</th>
            <th scope="col">{t('account')}</th>
            <th scope="col" className="n">
              {t('account.opening')}
            </th>
            <th scope="col" className="n">
              {t('account.debit')}
            </th>
            <th scope="col" className="n">
              {t('account.credit')}
            </th>
            <th scope="col" className="n">
              {t('account.closing')}
            </th>
          </tr>
        </thead>
        <tbody>
          {of.rows.map((r) => (
            <tr key={r.account} data-row>
              <td data-l={t('account.code')}>{r.code ?? '—'}</td>
              <th scope="row">{say(r.name)}</th>
              <td className="n" data-l={t('account.opening')}>
                {amount(r.openingFen)}
              </td>
              <td className="n" data-l={t('account.debit')}>
                {cell(r.account, say(r.name), r.debitFen)}
              </td>
              <td className="n" data-l={t('account.credit')}>
                {cell(r.account, say(r.name), r.creditFen)}
              </td>
              <td className="n" data-l={t('account.closing')}>
                {amount(r.closingFen)}
              </td>
            </tr>
          ))}
        </tbody>
        <Total of={of} />
      </table>
    </Sideways>
  );
}

function Total({ of }: { readonly of: TrialBalanceView }) {
  const { t } = useSpeech();
  return (
    <tfoot>
      <tr>
        <th scope="row" colSpan={3}>
          {t('total')}
        </th>
        <td className="n" data-l={t('account.debit')}>
          {amount(of.debitFen)}
        </td>
        <td className="n" data-l={t('account.credit')}>
          {amount(of.creditFen)}
        </td>
        <td />
      </tr>
    </tfoot>
  );
}
