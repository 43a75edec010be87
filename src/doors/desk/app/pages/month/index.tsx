import { Button, Select } from 'antd';
import { useEffect, useRef } from 'react';
import { Link, useNavigate } from 'react-router';
import type { MonthView } from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { count, monthOnly, showMonth } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { useMonth } from '../../month-of.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Faults } from '../../parts/states.tsx';
import { Status } from '../../parts/words.tsx';
import { useRunner } from '../../runner.tsx';
import { useSession } from '../../session.tsx';
import type { TextKey } from '../../texts/index.ts';
import { Result } from './result.tsx';
import { nextStep, Steps } from './steps.tsx';
import { Suspended, Undeclared, Unpaid } from './to-do.tsx';

const whileRunning = 1000;
const whileIdle = 10_000;

/** How the month stands and what is to be done in it. */
export function MonthPage() {
  const { t, language } = useSpeech();
  const { may } = useSession();
  const { runs, busy } = useRunner();
  const { month, months } = useMonth();
  const seen = useRef(false);
  const asked = useAsk(
    'insurance.month',
    month === null ? null : { month },
    busy || seen.current ? whileRunning : whileIdle,
  );
  const view = asked.answer;
  // Somebody else may run a step: then it is looked at as often as one's own.
  seen.current = view?.steps.some((s) => s.state === 'running') ?? false;
  const ended = runs.filter((r) => r.ended !== undefined).length;
  const { again } = asked;
  useEffect(() => {
    if (ended > 0) again();
  }, [ended, again]);
  const title =
    month === null ? t('month.run') : t('month.title', { month: showMonth(month, language) });
  return (
    <Page
      title={title}
      className="month"
      aside={view === null ? null : <Line view={view} />}
      end={view === null ? null : <Ends view={view} months={months.answer?.rows ?? []} />}
    >
      {months.fault === null || months.answer !== null ? null : (
        <Faults fault={months.fault} again={months.again} />
      )}
      {month === null ? null : (
        <Answer of={asked}>
          {(of) => (
            <>
              <Steps view={of} />
              <Result month={of.month} />
              <div className="todo">
                {may('insurance.undeclared') ? <Undeclared view={of} /> : null}
                {may('insurance.unpaid') ? <Unpaid view={of} /> : null}
                {may('insurance.suspense') ? <Suspended view={of} /> : null}
              </div>
              <Closing view={of} />
            </>
          )}
        </Answer>
      )}
    </Page>
  );
}

const states: Readonly<Record<MonthView['state'], TextKey>> = {
  open: 'month.state.open',
  assessed: 'month.state.assessed',
  closed: 'month.state.closed',
  future: 'month.state.future',
};

function Line({ view }: { readonly view: MonthView }) {
  const { t } = useSpeech();
  return t('month.line', {
    persons: count(view.persons),
    employers: count(view.employers),
    state: t(states[view.state]),
  });
}

function Ends(props: {
  readonly view: MonthView;
  readonly months: readonly { readonly month: string }[];
}) {
  const { t, language } = useSpeech();
  const { may } = useSession();
  const { busy } = useRunner();
  const navigate = useNavigate();
  const { view, months } = props;
  const working = view.state === 'open' || view.state === 'assessed';
  return (
    <>
      <Select
        aria-label={t('month.choose')}
        value={view.month}
        onChange={(month: string) => void navigate(`/month/${month}`)}
        options={months.map((m) => ({ value: m.month, label: showMonth(m.month, language) }))}
      />
      {working && may('insurance.assess') ? (
        <Button disabled={busy} onClick={() => void navigate(`/month/${view.month}/rest`)}>
          {t('rest.do')}
        </Button>
      ) : null}
    </>
  );
}

/** What stands before closing, and the button or why there is none. */
function Closing({ view }: { readonly view: MonthView }) {
  const { t, language, say } = useSpeech();
  const { may } = useSession();
  const { busy } = useRunner();
  const navigate = useNavigate();
  const month = monthOnly(view.month, language);
  if (view.state === 'closed') {
    return (
      <section className="close">
        <h2>{t('step.close')}</h2>
        <p className="mini">
          <Status kind="done">{t('close.closed')}</Status>{' '}
          <Link to={`/statement?month=${view.month}`}>{t('close.statements')}</Link>
        </p>
      </section>
    );
  }
  const blocked = view.steps.find((s) => s.step === 'close')?.blockedBy ?? null;
  const reason =
    blocked !== null ? say(blocked) : may('insurance.close') ? t('close.effect') : t('close.who');
  return (
    <section className="close" aria-labelledby="closing">
      <h2 id="closing">{t('close.title')}</h2>
      <ul>
        {view.blockers.map((b) => (
          <li key={b.zh}>
            <Status kind="soon">{say(b)}</Status>
          </li>
        ))}
        {view.blockers.length === 0 ? (
          <li>
            <Status kind="done">{t('close.nothing-left')}</Status>
          </li>
        ) : null}
      </ul>
      <p>
        <Button
          type={nextStep(view, may) === 'close' ? 'primary' : 'default'}
          disabled={busy || blocked !== null || !may('insurance.close')}
          aria-describedby="closing-why"
          onClick={() => void navigate(`/month/${view.month}/close`)}
        >
          {t('close.do', { month })}
        </Button>
        <span className="mini" id="closing-why">
          {reason}
        </span>
      </p>
    </section>
  );
}
