import { Link } from 'react-router';
import type { StatementView } from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { amount, showMonth } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Page } from '../../parts/page.tsx';
import { ReportFiles } from '../../parts/paper.tsx';
import { Sideways } from '../../parts/sideways.tsx';
import { Answer } from '../../parts/states.tsx';
import { Han } from '../../parts/words.tsx';
import { type Scope, ScopeBar, scopeQuery, Unscoped, useScope } from './scope.tsx';

/** Income and expenditure of a fund and an area; each figure opens its journal lines. */
export function StatementPage() {
  const { t, language } = useSpeech();
  const scope = useScope();
  const asked = useAsk(
    'insurance.statement',
    scope === null ? null : { fund: scope.fund, month: scope.month, area: scope.area },
  );
  return (
    <Page
      title={
        scope === null
          ? t('statement')
          : t('statement.title', { month: showMonth(scope.month, language) })
      }
      aside={asked.answer === null ? null : <Han>{asked.answer.area}</Han>}
      end={
        scope === null ? null : (
          <ReportFiles
            query="insurance.statement"
            input={{ fund: scope.fund, month: scope.month, area: scope.area }}
          />
        )
      }
    >
      {scope === null ? (
        <Unscoped />
      ) : (
        <>
          <ScopeBar scope={scope} parts={['fund', 'area']} />
          <Answer of={asked}>{(of) => <Rows of={of} scope={scope} />}</Answer>
        </>
      )}
    </Page>
  );
}

// What stands at the beginning and the end of a period is no movement of it.
const balances: readonly string[] = ['opening', 'closing'];

function Rows({ of, scope }: { readonly of: StatementView; readonly scope: Scope }) {
  const { t, say } = useSpeech();
  const cell = (row: StatementView['rows'][number], fen: number, span: 'month' | 'year') => {
    if (row.kind === 'heading') return null;
    if (balances.includes(row.key)) return amount(fen);
    return (
      <Link
        className="why"
        to={`/entries?${scopeQuery({ ...scope, book: 'statutory' }, { row: row.key, span })}`}
        aria-label={t('entries.of', { what: say(row.label), amount: amount(fen) })}
      >
        {amount(fen)}
      </Link>
    );
  };
  return (
    <Sideways label={say(of.fundName)}>
      <table className="wide">
        <caption>
          {say(of.fundName)} <span className="unit">{t('unit')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('statement.row')}</th>
            <th scope="col" className="n">
              {t('statement.month')}
            </th>
            <th scope="col" className="n">
              {t('statement.year')}
            </th>
          </tr>
        </thead>
        <tbody>
          {of.rows.map((r) => (
            <tr
              key={r.key}
              data-row={r.kind === 'heading' ? undefined : ''}
              className={`row-${r.kind}`}
            >
              <th scope="row" className={`level-${r.level}`}>
                {say(r.label)}
              </th>
              <td className="n">{cell(r, r.monthFen, 'month')}</td>
              <td className="n">{cell(r, r.yearFen, 'year')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}
