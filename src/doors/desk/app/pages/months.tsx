import { Link } from 'react-router';
import type { MonthView } from '../../../../services/insurance/index.ts';
import { useAsk } from '../asking.ts';
import { showMonth } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { Page } from '../parts/page.tsx';
import { Answer } from '../parts/states.tsx';
import { Status, type StatusKind } from '../parts/words.tsx';

const kinds: Readonly<Record<MonthView['state'], StatusKind>> = {
  open: 'run',
  assessed: 'run',
  closed: 'done',
  future: 'none',
};

/** The city's months, newest first. */
export function MonthsPage() {
  const { t, language } = useSpeech();
  const asked = useAsk('insurance.months', {});
  return (
    <Page title={t('months')}>
      <Answer of={asked}>
        {({ rows }) => (
          <table className="short">
            <thead>
              <tr>
                <th scope="col">{t('month')}</th>
                <th scope="col">{t('status')}</th>
                <th scope="col">{t('statement')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.month} data-row>
                  <th scope="row">
                    <Link to={`/month/${r.month}`}>{showMonth(r.month, language)}</Link>
                  </th>
                  <td>
                    <Status kind={kinds[r.state]}>{t(`month.state.${r.state}`)}</Status>
                  </td>
                  <td>
                    <Link
                      to={`/statement?month=${r.month}`}
                      aria-label={t('statement.of', { month: showMonth(r.month, language) })}
                    >
                      {t('open')}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Answer>
    </Page>
  );
}
