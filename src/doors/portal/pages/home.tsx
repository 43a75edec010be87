import type { Visit } from '../../http/visit.ts';
import { Page } from '../layout.tsx';
import type { TextKey } from '../texts.ts';

interface Service {
  readonly name: TextKey;
  readonly href: string;
  readonly who: TextKey;
  readonly when?: TextKey;
  /** Of what an employer's handlers may be authorised for one by one. */
  readonly right?: string;
  /** Words that people search with, in both languages. */
  readonly words: string;
}

const services: readonly Service[] = [
  {
    name: 'roster.title',
    when: 'home.checked',
    href: '/employer/roster',
    right: 'insurance.upload',
    who: 'home.for-employer',
    words: '单位 增减员 名册 申报 工资 基数 新增 减少 roster declare wages staff employer',
  },
  {
    name: 'employer.bills',
    href: '/employer',
    right: 'insurance.bills',
    who: 'home.for-employer',
    words: '单位 缴费单 账单 五险 欠费 滞纳金 养老 医疗 失业 工伤 生育 bill pay arrears employer',
  },
  {
    name: 'record.title',
    href: '/record',
    who: 'home.for-person',
    words: '个人 查询 缴费 记录 账户 余额 养老 医疗 退休 record account pension person balance',
  },
  {
    name: 'record.certificate',
    when: 'home.printed',
    href: '/record/certificate',
    who: 'home.for-person',
    words: '个人 参保 证明 打印 certificate print proof',
  },
  {
    name: 'employer.certificates',
    when: 'home.printed',
    href: '/employer/certificates',
    right: 'insurance.certificates',
    who: 'home.for-employer',
    words: '单位 参保 证明 打印 certificate print proof employer',
  },
  {
    name: 'check.title',
    href: '/check',
    who: 'home.for-all',
    words: '核对 证明 真假 核对码 check certificate genuine code',
  },
];

/** What the visitor may do: signed in, what is of others is not offered. */
function offered(visit: Visit): readonly Service[] {
  const { signedIn, actor } = visit;
  if (!signedIn) return services;
  const mine = { employer: 'home.for-employer', person: 'home.for-person' } as const;
  const who = actor.kind === 'employer' || actor.kind === 'person' ? mine[actor.kind] : undefined;
  return services.filter(
    (s) =>
      (s.who === 'home.for-all' || s.who === who) && (s.right === undefined || visit.may(s.right)),
  );
}

function found(visit: Visit, query: string): readonly Service[] {
  const words = query.toLowerCase().split(/\s+/);
  return offered(visit).filter((s) => {
    const text = `${visit.t(s.name)} ${s.words}`.toLowerCase();
    return words.some((w) => text.includes(w) || s.words.split(' ').some((x) => w.includes(x)));
  });
}

/** The entrance: search first, then what is often done, then one's own. */
export function Home({ visit }: { visit: Visit }) {
  const { t } = visit;
  const query = (visit.c.req.query('q') ?? '').trim().slice(0, 60);
  const hits = query === '' ? [] : found(visit, query);
  return (
    <Page visit={visit} title={t('home.title')} place="home">
      <div class="two hero">
        <div>
          <h1>{t('home.ask')}</h1>
          <form class="find" method="get" action="/">
            <input type="search" name="q" value={query} aria-label={t('home.find')} />
            <button class="btn" type="submit">
              {t('home.go')}
            </button>
          </form>
          {query === '' ? null : hits.length === 0 ? (
            <p role="status">{t('home.none', { query })}</p>
          ) : (
            <section aria-labelledby="found">
              <h2 id="found">{t('home.found', { query })}</h2>
              <ul class="list">
                {hits.map((s) => (
                  <li>
                    <a href={s.href}>{t(s.name)}</a>
                    <span class="mini">{t(s.who)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <p class="elder">
            <span>
              <b>{t('home.small')}</b>
              {t('home.small-how')}
            </span>
            <a class="btn btn-2" href={visit.link({ type: visit.large ? 'usual' : 'large' })}>
              {t(visit.large ? 'home.to-usual' : 'home.to-large')}
            </a>
          </p>
          <Services visit={visit} />
        </div>
        <div>
          <Mine visit={visit} />
          <Where visit={visit} />
        </div>
      </div>
    </Page>
  );
}

function Services({ visit }: { visit: Visit }) {
  const { t } = visit;
  return (
    <section aria-labelledby="often">
      <h2 id="often">{t('home.often')}</h2>
      <table class="services stack">
        <thead class="sr">
          <tr>
            <th scope="col">{t('home.column-what')}</th>
            <th scope="col">{t('home.column-who')}</th>
            <th scope="col">{t('home.column-when')}</th>
          </tr>
        </thead>
        <tbody>
          {offered(visit).map((s) => (
            <tr>
              <th scope="row">
                <a href={s.href}>{t(s.name)}</a>
              </th>
              <td>{t(s.who)}</td>
              <td class="n first">{t(s.when ?? 'home.at-once')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Mine({ visit }: { visit: Visit }) {
  const { t, actor } = visit;
  const links: readonly (readonly [string, string])[] = !visit.signedIn
    ? [['/sign-in', t('nav.sign-in')]]
    : actor.kind === 'employer'
      ? [
          ['/employer', t('employer.title')],
          ...(visit.may('insurance.upload')
            ? ([['/employer/roster', t('roster.title')]] as const)
            : []),
          ...(visit.may('insurance.certificates')
            ? ([['/employer/certificates', t('employer.certificates')]] as const)
            : []),
          ...(visit.may('access.handlers')
            ? ([['/employer/handlers', t('handlers.title')]] as const)
            : []),
        ]
      : actor.kind === 'person'
        ? [
            ['/record', t('record.title')],
            ['/record/certificate', t('record.certificate')],
          ]
        : [['/check', t('nav.check')]];
  return (
    <section aria-labelledby="mine">
      <h2 id="mine">{t('home.mine')}</h2>
      <ul class="list">
        {links.map(([href, text]) => (
          <li>
            <a href={href}>{text}</a>
            {visit.signedIn ? null : <span class="mini">{t('home.sign-in-why')}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Where({ visit }: { visit: Visit }) {
  const { t } = visit;
  const places: readonly (readonly [TextKey, TextKey])[] = [
    ['home.window', 'home.window-how'],
    ['home.station', 'home.station-how'],
    ['home.phone', 'home.phone-how'],
  ];
  return (
    <section aria-labelledby="where">
      <h2 id="where">{t('home.where')}</h2>
      <ul class="list">
        {places.map(([name, how]) => (
          <li>
            <b>{t(name)}</b>
            <span class="mini">{t(how)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
