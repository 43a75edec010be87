import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import { mark, passkeyScript, style } from '../http/assets.ts';
import { scriptPolicy } from '../http/headers.ts';
import type { Visit } from '../http/visit.ts';
import { showDay } from './dates.ts';

export type Place = 'home' | 'employer' | 'record' | 'check' | 'sign-in';

export interface PageProps {
  readonly visit: Visit;
  readonly title: string;
  /** Where in the main navigation the page stands. */
  readonly place?: Place;
  /** A form came back with a fault: the title says so. */
  readonly faulty?: boolean;
  /** Links above the heading: text and address, the last one without. */
  readonly crumbs?: readonly (readonly [string, string?])[];
  /** Offers a passkey: loads the script for it. */
  readonly passkeys?: boolean;
  readonly children: Child;
}

/** The frame of every page: city time, name, navigation, footer. */
export function Page(props: PageProps) {
  const { visit, title, place, faulty, crumbs, passkeys, children } = props;
  if (passkeys === true) visit.c.header('Content-Security-Policy', scriptPolicy);
  const { t, language } = visit;
  return (
    <html lang={language === 'zh' ? 'zh-CN' : 'en'} data-type={visit.large ? 'large' : undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${faulty === true ? t('error.title') : ''}${title} · ${t('site.name')}`}</title>
        <link rel="stylesheet" href={style.path} />
        <link rel="icon" href={mark.path} type="image/svg+xml" />
        {passkeys === true ? <script type="module" src={passkeyScript.path} /> : null}
      </head>
      <body>
        <a class="skip" href="#main">
          {t('site.skip')}
        </a>
        <header>
          <CityTime visit={visit} />
          <Top visit={visit} place={place} />
        </header>
        <main class="wrap" id="main">
          <Acting visit={visit} />
          {crumbs === undefined ? null : <Crumbs visit={visit} crumbs={crumbs} />}
          {children}
        </main>
        <Foot visit={visit} />
      </body>
    </html>
  );
}

function CityTime({ visit }: { visit: Visit }) {
  const { t, language, large } = visit;
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <div class="city-time">
      <div class="wrap">
        <span>
          {t(visit.house.city.kind === 'simulated' ? 'time.simulated' : 'time.live')}{' '}
          <span class="nb">{showDay(visit.at, language, true)}</span>
        </span>
        <span class="end">
          <a href={visit.link({ type: large ? 'usual' : 'large' })}>
            {t(large ? 'type.usual' : 'type.large')}
          </a>
          <a href={visit.link({ lang: other })} lang={other === 'zh' ? 'zh-CN' : 'en'}>
            {other === 'zh' ? '中文' : 'English'}
          </a>
        </span>
      </div>
    </div>
  );
}

function Top({ visit, place }: { visit: Visit; place: Place | undefined }) {
  const { t, actor } = visit;
  const links: readonly (readonly [Place, string, string])[] = [
    ['home', '/', t('nav.home')],
    ...(actor.kind === 'person' ? [['record', '/record', t('nav.record')] as const] : []),
    ...(visit.signedIn && actor.kind !== 'employer'
      ? []
      : [['employer', '/employer', t('nav.employer')] as const]),
    ['check', '/check', t('nav.check')],
  ];
  return (
    <div class="top">
      <div class="wrap">
        <a class="brand" href="/">
          <span class="mark" aria-hidden="true">
            盾
          </span>
          <span>
            <b>{t('site.name')}</b>
            <br />
            <span>{t('site.office', { city: visit.house.city.name[visit.language] })}</span>
          </span>
        </a>
        <nav aria-label={t('nav.label')}>
          <ul>
            {links.map(([name, href, text]) => (
              <li>
                <a href={href} aria-current={name === place ? 'true' : undefined}>
                  {text}
                </a>
              </li>
            ))}
            <li>
              <Who visit={visit} place={place} />
            </li>
          </ul>
        </nav>
      </div>
    </div>
  );
}

function Who({ visit, place }: { visit: Visit; place: Place | undefined }) {
  const { t } = visit;
  if (!visit.signedIn) {
    return (
      <a href="/sign-in" aria-current={place === 'sign-in' ? 'true' : undefined}>
        {t('nav.sign-in')}
      </a>
    );
  }
  return (
    <form method="post" action="/sign-out">
      <Token visit={visit} />
      <span lang="zh-CN">{visit.actor.name}</span> · <a href="/account">{t('nav.account')}</a> ·{' '}
      <button class="as-link" type="submit">
        {t('nav.sign-out')}
      </button>
    </form>
  );
}

/** Whoever acts for somebody else reads it on every page, and ends it there. */
function Acting({ visit }: { visit: Visit }) {
  const { t } = visit;
  if (visit.actsFor === undefined) return null;
  return (
    <form method="post" action="/proxies/act" class="note">
      <Token visit={visit} />
      {t('proxies.acting')}{' '}
      <button class="as-link" type="submit">
        {t('proxies.stop')}
      </button>
    </form>
  );
}

function Crumbs({
  visit,
  crumbs,
}: {
  visit: Visit;
  crumbs: readonly (readonly [string, string?])[];
}) {
  return (
    <nav class="crumb" aria-label={visit.t('crumb.label')}>
      {crumbs.map(([text, href], i) => (
        <>
          {i === 0 ? '' : ' › '}
          {href === undefined ? text : <a href={href}>{text}</a>}
        </>
      ))}
    </nav>
  );
}

function Foot({ visit }: { visit: Visit }) {
  const { t } = visit;
  return (
    <footer class="foot">
      <div class="wrap">
        <p>
          <b>{t('foot.offline')}</b>
          <br />
          {t('foot.offline-how')}
        </p>
        <p>
          <a href="/check">{t('nav.check')}</a>
          <br />
          <a href="/disclosure">{t('disclosure.title')}</a>
        </p>
        <p>
          <a href="/api/v1/openapi.json">{t('foot.api')}</a>
        </p>
      </div>
    </footer>
  );
}

/** The hidden field that proves that the form was made for this visitor. */
export function Token({ visit }: { visit: Visit }) {
  return <input type="hidden" name="token" value={visit.token()} />;
}

/** Sends a page. */
export function show(visit: Visit, page: Child, status = 200): Response | Promise<Response> {
  visit.c.status(status as 200);
  return visit.c.html(html`<!doctype html>${page}`);
}
