import type { MindunError } from '../../../kernel/index.ts';
import type { MessagesView } from '../../../services/accounts/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showMoment } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, refusalOf, TextQuestion } from '../parts.tsx';

async function page(visit: Visit, error?: MindunError): Promise<Response> {
  const messages = await visit.call<MessagesView>('access.messages', {});
  const shown = <Messages visit={visit} messages={messages} error={error} />;
  return show(visit, shown, error?.status ?? 200);
}

/** What the reader's account was told of, and where to beside this page. */
export function messagesPage(visit: Visit): Promise<Response> {
  return page(visit);
}

function Messages(props: {
  readonly visit: Visit;
  readonly messages: MessagesView;
  readonly error: MindunError | undefined;
}) {
  const { visit, messages, error } = props;
  const { t, language } = visit;
  return (
    <Page
      visit={visit}
      title={t('messages.title')}
      faulty={error !== undefined}
      crumbs={[[t('account.title'), '/account'], [t('messages.title')]]}
    >
      <Faults visit={visit} error={error} field="email" />
      <h1>{t('messages.title')}</h1>
      <section>
        {messages.rows.length === 0 ? (
          <p class="note">{t('messages.none')}</p>
        ) : (
          <ol class="list">
            {messages.rows.map((m) => (
              <li>
                <span class="mini">{showMoment(m.at, language)}</span>
                {m.text[language]}
              </li>
            ))}
          </ol>
        )}
      </section>
      <section class="one">
        <h2>{t('messages.email')}</h2>
        <form method="post" action="/account/messages">
          <Token visit={visit} />
          <TextQuestion
            visit={visit}
            name="email"
            label="messages.address"
            hint="messages.hint"
            error={error}
            autocomplete="email"
            optional
            value={messages.email ?? ''}
          />
          <p class="acts">
            <button class="btn btn-2" type="submit">
              {t('messages.save')}
            </button>
          </p>
        </form>
      </section>
    </Page>
  );
}

export async function emailForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  try {
    const email = String(form['email'] ?? '').trim();
    await visit.call('access.email.set', { email });
  } catch (fault) {
    const error = refusalOf(fault);
    if (error.code !== 'input-invalid') throw error;
    return page(visit, error);
  }
  return visit.c.redirect('/account/messages', 303);
}
