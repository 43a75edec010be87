import { activate } from '../../../engines/access/index.ts';
import { MindunError } from '../../../kernel/index.ts';
import type { Visit } from '../../http/visit.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, refusalOf, TextQuestion } from '../parts.tsx';
import { homeOf } from './sign-in.tsx';

type Field = 'number' | 'code' | 'next' | 'again';

interface Filled {
  readonly number: string;
  readonly code: string;
  readonly error?: MindunError;
}

const fields: Readonly<Record<string, Field>> = {
  'activation-refused': 'number',
  'account-locked': 'number',
  'password-short': 'next',
  'password-common': 'next',
  'password-personal': 'next',
  'passwords-differ': 'again',
};

function Activate({ visit, filled }: { visit: Visit; filled: Filled }) {
  const { t } = visit;
  const { error } = filled;
  const field = error === undefined ? undefined : fields[error.code];
  const of = (name: Field) => ({
    visit,
    name,
    error: field === name ? error : undefined,
  });
  return (
    <Page visit={visit} title={t('activate.title')} place="sign-in" faulty={error !== undefined}>
      <div class="one">
        <Faults visit={visit} error={error} field={field} />
        <h1>{t('activate.title')}</h1>
        <p>{t('activate.what')}</p>
        <form method="post" action="/activate">
          <Token visit={visit} />
          <TextQuestion
            {...of('number')}
            label="activate.number"
            autocomplete="username"
            value={filled.number}
          />
          <TextQuestion
            {...of('code')}
            label="activate.code"
            hint="activate.code-hint"
            autocomplete="off"
            value={filled.code}
          />
          <TextQuestion
            {...of('next')}
            label="password.next"
            hint="password.hint"
            type="password"
            autocomplete="new-password"
          />
          <TextQuestion
            {...of('again')}
            label="password.again"
            type="password"
            autocomplete="new-password"
          />
          <p class="acts">
            <button class="btn" type="submit">
              {t('activate.go')}
            </button>
          </p>
        </form>
      </div>
    </Page>
  );
}

export function activatePage(visit: Visit): Response | Promise<Response> {
  return show(visit, <Activate visit={visit} filled={{ number: '', code: '' }} />);
}

/** Sets the password by the code of the slip, and signs in. */
export async function activateForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const given = (name: Field, most: number): string => String(form[name] ?? '').slice(0, most);
  const number = given('number', 60);
  const code = given('code', 40);
  const password = given('next', 200);
  try {
    if (password !== given('again', 200)) throw new MindunError('passwords-differ');
    const { store, city } = visit.house;
    const answer = await activate(store, { number, code, password }, visit.from, city.name);
    if ('half' in answer) {
      visit.keepHalf(answer.half);
      return visit.c.redirect('/sign-in/second', 303);
    }
    await visit.enter(answer.token);
    return visit.c.redirect(homeOf(answer.actor), 303);
  } catch (fault) {
    const error = refusalOf(fault);
    const filled = { number, code, error };
    return show(visit, <Activate visit={visit} filled={filled} />, error.status);
  }
}
