import { type FormEvent, useEffect } from 'react';
import { Link, Navigate, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { useAsk } from './asking.ts';
import { count, day } from './format.ts';
import { Keyboard } from './keys.tsx';
import { useSpeech } from './language.tsx';
import { FirstPassword } from './pages/account.tsx';
import { NotStaff, SignIn } from './pages/sign-in.tsx';
import { Reading } from './parts/states.tsx';
import { RunnerProvider, useRunner } from './runner.tsx';
import { useSession } from './session.tsx';
import { StepUp } from './step-up.tsx';

// The side's figures follow what others do, too.
const countsEvery = 15_000;

/** The desk around every page: bar, side, and who works here. */
export function Shell() {
  const { standing, account, proving } = useSession();
  const location = useLocation();
  if (standing === 'unknown') return <Reading />;
  if (standing === 'nobody') return <Outside />;
  const staff = account !== null && account.kind !== 'person' && account.kind !== 'employer';
  if (!staff) return <NotStaff />;
  if (account.passwordTold) return <Outside first />;
  if (location.pathname === '/') return <Navigate to="/month" replace />;
  return (
    // Another person gets no page of the one before.
    <RunnerProvider key={account.id}>
      <div className="desk">
        <Bar />
        <Side />
        {standing === 'over' ? <SignIn over /> : null}
        {proving === null ? null : <StepUp done={proving} />}
        <div className="page" hidden={standing === 'over'}>
          <Outlet />
        </div>
      </div>
    </RunnerProvider>
  );
}

/** Before the sign-in, or before a password of one's own: the bar and the form. */
function Outside({ first = false }: { readonly first?: boolean }) {
  return (
    <div className="desk outside">
      <Bar />
      {first ? <FirstPassword /> : <SignIn />}
    </div>
  );
}

function Bar() {
  const { t, language, change } = useSpeech();
  const { account, city, standing, signOut } = useSession();
  const here = standing === 'here' || standing === 'over';
  return (
    <header className="bar">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <span className="name">
        <span className="mark" aria-hidden="true">
          盾
        </span>
        {t('desk.name')}
      </span>
      {city === null ? null : (
        <span className="place">{placeOf(city, language, t('whole-city'))}</span>
      )}
      {here ? <Search /> : null}
      <span className="end">
        {city === null ? null : (
          <span className="clock">
            {city.kind === 'simulated' ? `${t('simulated')} · ` : ''}
            {day(city.at, language, true)}
          </span>
        )}
        <button
          type="button"
          className="plain"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => change(language === 'zh' ? 'en' : 'zh')}
        >
          {language === 'zh' ? 'English' : '中文'}
        </button>
        {here && account !== null ? (
          <>
            <span lang="zh-CN">{account.name}</span>
            {account.passwordTold ? null : <Link to="/account">{t('account.title')}</Link>}
            <button type="button" className="plain" onClick={() => void signOut()}>
              {t('sign-out')}
            </button>
          </>
        ) : null}
      </span>
    </header>
  );
}

type City = NonNullable<ReturnType<typeof useSession>['city']>;

function placeOf(city: City, language: 'zh' | 'en', whole: string): string {
  const name = city.name[language];
  if (city.area === null) return name;
  return `${name} › ${city.area.name === city.name.zh ? whole : city.area.name}`;
}

const citizenNumber = /^\d{15}$|^\d{17}[\dXx]$/;

function Search() {
  const { t } = useSpeech();
  const { may } = useSession();
  const navigate = useNavigate();
  const persons = may('registry.persons');
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('search') ?? '').trim();
    if (persons && citizenNumber.test(text)) {
      // A citizen number stays neither in the address nor in the bar.
      event.currentTarget.reset();
      void navigate('/persons', { state: { search: text } });
    } else void navigate(`/employers?search=${encodeURIComponent(text)}`);
  };
  return (
    <search>
      <form onSubmit={find}>
        <input
          id="search"
          name="search"
          type="search"
          autoComplete="off"
          aria-label={t(persons ? 'search.label-persons' : 'search.label')}
          placeholder={t(persons ? 'search.hint-persons' : 'search.hint')}
        />
      </form>
    </search>
  );
}

function Side() {
  const { t } = useSpeech();
  const { may, city, standing } = useSession();
  const months = useAsk('insurance.months', standing === 'here' ? {} : null);
  const open = months.answer?.open ?? null;
  const month = useAsk('insurance.month', open === null ? null : { month: open }, countsEvery);
  const counts = month.answer;
  const ended = useRunner().runs.filter((r) => r.ended !== undefined).length;
  const { again } = month;
  useEffect(() => {
    if (ended > 0) again();
  }, [ended, again]);
  const item = (to: string, text: string, permission: string, n?: number | null) =>
    may(permission) ? (
      <li key={to}>
        <NavLink to={to}>
          {text}
          {n === undefined || n === null ? null : <span>{count(n)}</span>}
        </NavLink>
      </li>
    ) : null;
  return (
    <nav className="side" aria-label={t('desk.name')}>
      <h2>{t('side.month')}</h2>
      <ul>
        {item('/month', t('month.run'), 'insurance.month')}
        {item('/undeclared', t('undeclared'), 'insurance.undeclared', counts?.undeclared)}
        {item('/unpaid', t('unpaid'), 'insurance.unpaid', counts?.unpaidEmployers)}
        {item('/suspense', t('suspense'), 'insurance.suspense', counts?.suspenseCount)}
      </ul>
      <h2>{t('side.registers')}</h2>
      <ul>
        {item('/persons', t('persons.title'), 'registry.persons')}
        {item('/employers', t('employers'), 'insurance.employers')}
        {item('/months', t('months'), 'insurance.months')}
      </ul>
      <h2>{t('side.figures')}</h2>
      <ul>
        {item('/statement', t('statement'), 'insurance.statement')}
        {item('/trial-balance', t('trial-balance'), 'insurance.trial-balance')}
        {item('/ageing', t('ageing'), 'insurance.ageing')}
        {item('/by-county', t('by-county'), 'insurance.by-county')}
      </ul>
      <h2>{t('side.tools')}</h2>
      <ul>
        {city?.kind === 'simulated' ? item('/clock', t('clock'), 'city.advance-clock') : null}
        <li>
          <Keyboard />
        </li>
      </ul>
    </nav>
  );
}
