import { MindunError } from '../../../kernel/index.ts';
import type { Visit } from '../../http/visit.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, refusalOf, TextQuestion } from '../parts.tsx';
import type { TextKey } from '../texts.ts';
import { homeOf } from './sign-in.tsx';

type Field = 'present' | 'next' | 'again';

interface Refused {
  readonly field: Field;
  readonly error: MindunError;
}

function Password({ visit, refused }: { visit: Visit; refused?: Refused }) {
  const { t } = visit;
  const field = (name: Field, autocomplete: string, hint?: TextKey) => (
    <TextQuestion
      visit={visit}
      name={name}
      label={`password.${name}`}
      {...(hint === undefined ? {} : { hint })}
      error={refused?.field === name ? refused.error : undefined}
      type="password"
      autocomplete={autocomplete}
    />
  );
  return (
    <Page visit={visit} title={t('password.title')} faulty={refused !== undefined}>
      <div class="one">
        <Faults visit={visit} error={refused?.error} field={refused?.field ?? 'present'} />
        <h1>{t('password.title')}</h1>
        {visit.actor.passwordTold === true ? <p role="status">{t('password.told')}</p> : null}
        <form method="post" action="/password">
          <Token visit={visit} />
          {field('present', 'current-password')}
          {field('next', 'new-password', 'password.hint')}
          {field('again', 'new-password')}
          <p class="acts">
            <button class="btn" type="submit">
              {t('password.go')}
            </button>
          </p>
        </form>
        <p class="aside note">{t('password.after')}</p>
      </div>
    </Page>
  );
}

export function passwordPage(visit: Visit): Response | Promise<Response> {
  if (!visit.signedIn) throw new MindunError('sign-in-needed');
  return show(visit, <Password visit={visit} />);
}

/** Changes one's own password; the other sessions end, this one goes on under a new token. */
export async function passwordForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const given = (name: Field): string => String(form[name] ?? '');
  try {
    if (given('next') !== given('again')) throw new MindunError('passwords-differ');
    await visit.call('access.account.change-password', {
      present: given('present'),
      next: given('next'),
    });
  } catch (fault) {
    const error = refusalOf(fault);
    const fields: Readonly<Record<string, Field>> = {
      'password-short': 'next',
      'password-common': 'next',
      'password-personal': 'next',
      'passwords-differ': 'again',
    };
    const refused = { field: fields[error.code] ?? 'present', error };
    return show(visit, <Password visit={visit} refused={refused} />, error.status);
  }
  await visit.renew();
  const told = visit.actor.passwordTold === true;
  return visit.c.redirect(told ? homeOf(visit.actor) : '/account?done=password', 303);
}
