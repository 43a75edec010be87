import { type FormEvent, useEffect } from 'react';
import { Link, Navigate, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import type { Account } from './api.ts';
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
import type { TextKey } from './texts/index.ts';

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
  if (location.pathname === '/') return <Navigate to={firstPage(account)} replace />;
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

/** Where somebody's own work begins. */
function firstPage({ kind, permissions }: Account): string {
  const may = (permission: string) => permissions.includes(permission);
  if (kind === 'auditor' && may('access.audit.unusual')) return '/audit/unusual';
  if (may('insurance.month')) return '/month';
  if (may('access.objections.to-answer')) return '/objections';
  return '/account';
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
  if (!persons && !may('insurance.employers')) return null;
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

/** The figures beside the side's items; what one may not see is not asked. */
function useCounts() {
  const { may, city, standing } = useSession();
  const here = standing === 'here';
  const months = useAsk('insurance.months', here && may('insurance.months') ? {} : null);
  const open = months.answer?.open ?? null;
  const asks = open !== null && may('insurance.month');
  const month = useAsk('insurance.month', asks ? { month: open } : null, countsEvery);
  // Only a city that is not played has what waits for a second person.
  const waits = here && city?.kind === 'live' && may('access.proposal.decide');
  const proposals = useAsk('access.proposals', waits ? {} : null, countsEvery);
  const ended = useRunner().runs.filter((r) => r.ended !== undefined).length;
  const { again } = month;
  useEffect(() => {
    if (ended > 0) again();
  }, [ended, again]);
  const mine = proposals.answer?.rows.filter((r) => r.yours === 'decide').length;
  return { month: month.answer, proposals: mine };
}

type Item = readonly [to: string, text: TextKey, permission: string, count?: number | undefined];

/** A group of the side: what of it one may open, and its heading only where there is something. */
function Group({ title, items }: { readonly title: TextKey; readonly items: readonly Item[] }) {
  const { t } = useSpeech();
  const { may } = useSession();
  const open = items.filter(([, , permission]) => may(permission));
  if (open.length === 0) return null;
  return (
    <>
      <h2>{t(title)}</h2>
      <ul>
        {open.map(([to, text, , n]) => (
          <li key={to}>
            <NavLink to={to}>
              {t(text)}
              {n === undefined ? null : <span>{count(n)}</span>}
            </NavLink>
          </li>
        ))}
      </ul>
    </>
  );
}

function Side() {
  const { t } = useSpeech();
  const { may, city } = useSession();
  const { month, proposals } = useCounts();
  return (
    <nav className="side" aria-label={t('desk.name')}>
      <Group
        title="side.month"
        items={[
          ['/month', 'month.run', 'insurance.month'],
          ['/undeclared', 'undeclared', 'insurance.undeclared', month?.undeclared],
          ['/unpaid', 'unpaid', 'insurance.unpaid', month?.unpaidEmployers],
          ['/suspense', 'suspense', 'insurance.suspense', month?.suspenseCount],
        ]}
      />
      <Group
        title="side.matters"
        items={[
          ['/proposals', 'proposals', 'access.proposal.decide', proposals],
          ['/matters', 'matters', 'access.matter.open'],
          ['/objections', 'objections', 'access.objections.to-answer'],
        ]}
      />
      <Group
        title="side.registers"
        items={[
          ['/persons', 'persons.title', 'registry.persons'],
          ['/employers', 'employers', 'insurance.employers'],
          ['/months', 'months', 'insurance.months'],
        ]}
      />
      <Group
        title="side.figures"
        items={[
          ['/statement', 'statement', 'insurance.statement'],
          ['/trial-balance', 'trial-balance', 'insurance.trial-balance'],
          ['/ageing', 'ageing', 'insurance.ageing'],
          ['/by-county', 'by-county', 'insurance.by-county'],
        ]}
      />
      <Group
        title="side.audit"
        items={[
          ['/audit/unusual', 'audit.unusual', 'access.audit.unusual'],
          ['/audit/person', 'audit.person', 'access.audit.person'],
          ['/audit/account', 'audit.account', 'access.audit.account'],
          ['/audit/verify', 'audit.verify', 'access.audit.verify'],
        ]}
      />
      <h2>{t('side.tools')}</h2>
      <ul>
        {city?.kind === 'simulated' && may('city.advance-clock') ? (
          <li>
            <NavLink to="/clock">{t('clock')}</NavLink>
          </li>
        ) : null}
        <li>
          <Keyboard />
        </li>
      </ul>
    </nav>
  );
}
