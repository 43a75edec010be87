import { MindunError } from '../../../kernel/index.ts';
import type { FactorsView } from '../../../services/accounts/index.ts';
import type { Visit } from '../../http/visit.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, Passkey, refusalOf, TextQuestion } from '../parts.tsx';
import { ownPath } from './sign-in.tsx';

interface Asked {
  readonly factors: FactorsView;
  readonly next: string;
  readonly error?: MindunError;
}

function StepUp({ visit, asked }: { visit: Visit; asked: Asked }) {
  const { t } = visit;
  const { factors, next, error } = asked;
  return (
    <Page visit={visit} title={t('step-up.title')} faulty={error !== undefined} passkeys>
      <div class="one">
        <Faults visit={visit} error={error} field="proof" />
        <h1>{t('step-up.title')}</h1>
        <p role="status">{t('step-up.why')}</p>
        {factors.proof === 'provider' ? (
          <p class="note">
            {t('step-up.provider')}{' '}
            <a href={`/sign-in/provider?again=1&next=${encodeURIComponent(next)}`}>
              {t('step-up.provider-go')}
            </a>
          </p>
        ) : (
          <form method="post" action="/step-up">
            <Token visit={visit} />
            <input type="hidden" name="next" value={next} />
            <TextQuestion
              visit={visit}
              name="proof"
              label={factors.proof === 'code' ? 'second.code' : 'sign-in.password'}
              error={error}
              type={factors.proof === 'code' ? 'text' : 'password'}
              autocomplete={factors.proof === 'code' ? 'one-time-code' : 'current-password'}
            />
            <p class="acts">
              <button class="btn" type="submit">
                {t('step-up.go')}
              </button>
              <a href={next}>{t('step-up.leave')}</a>
            </p>
          </form>
        )}
        {factors.passkeys.length === 0 ? null : (
          <Passkey visit={visit} act="step-up" text="step-up.passkey" next={next} />
        )}
      </div>
    </Page>
  );
}

function nextOf(text: unknown): string {
  const own = ownPath(typeof text === 'string' ? text : '');
  return own === '' ? '/account' : own;
}

async function page(visit: Visit, next: string, error?: MindunError): Promise<Response> {
  if (!visit.signedIn) throw new MindunError('sign-in-needed');
  const factors = await visit.call<FactorsView>('access.factors', {});
  const asked = { factors, next, ...(error === undefined ? {} : { error }) };
  return show(visit, <StepUp visit={visit} asked={asked} />, error?.status ?? 200);
}

/** Asks who is signed in to prove that it is still he, and goes back to where he was. */
export function stepUpPage(visit: Visit): Promise<Response> {
  return page(visit, nextOf(visit.c.req.query('next')));
}

export async function stepUpForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const next = nextOf(form['next']);
  const given = String(form['proof'] ?? '').slice(0, 200);
  try {
    const { proof } = await visit.call<FactorsView>('access.factors', {});
    await visit.stepUp(proof === 'code' ? { code: given } : { password: given });
  } catch (fault) {
    return page(visit, next, refusalOf(fault));
  }
  return visit.c.redirect(next, 303);
}

/** Where whoever is told to prove himself was: the page itself, or the one whose form he sent. */
export function wasAt(visit: Visit): string {
  const { req } = visit.c;
  const here = new URL(req.url);
  if (req.method === 'GET') return `${here.pathname}${here.search}`;
  const before = req.header('Referer');
  if (before === undefined || !URL.canParse(before)) return '/account';
  const { pathname, search, host } = new URL(before);
  return host === here.host ? nextOf(`${pathname}${search}`) : '/account';
}
