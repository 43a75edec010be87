import { toString as square } from 'qrcode';
import type { PendingTotp } from '../../../engines/access/index.ts';
import type { MindunError } from '../../../kernel/index.ts';
import type { FactorsView } from '../../../services/accounts/index.ts';
import type { Visit } from '../../http/visit.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, refusalOf, TextQuestion } from '../parts.tsx';
import type { TextKey } from '../texts.ts';

interface Refused {
  readonly field: 'code' | 'end-code' | 'password' | undefined;
  readonly error: MindunError;
}

interface State {
  readonly on: boolean;
  /** The secret that waits for its first code. */
  readonly pending: PendingTotp | null;
  readonly refused?: Refused;
}

async function stateOf(visit: Visit): Promise<State> {
  const { totp } = await visit.call<FactorsView>('access.factors', {});
  return { on: totp, pending: totp ? null : await pendingOf(visit) };
}

async function pendingOf(visit: Visit): Promise<PendingTotp | null> {
  try {
    return await visit.call<PendingTotp>('access.totp.pending', {});
  } catch (error) {
    if (refusalOf(error).code === 'totp-missing') return null;
    throw error;
  }
}

/** One-time codes of an app: begun, confirmed, turned off. */
export async function totpPage(visit: Visit): Promise<Response> {
  return show(visit, <Totp visit={visit} state={await stateOf(visit)} />);
}

/** The square that the app reads, drawn here: the secret goes to no other site. */
export async function totpSquare(visit: Visit): Promise<Response> {
  const { uri } = await visit.call<PendingTotp>('access.totp.pending', {});
  visit.c.header('Content-Type', 'image/svg+xml');
  return visit.c.body(await square(uri, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' }));
}

function Frame(props: {
  readonly visit: Visit;
  readonly faulty?: boolean;
  readonly children: unknown;
}) {
  const { t } = props.visit;
  return (
    <Page
      visit={props.visit}
      title={t('totp.title')}
      faulty={props.faulty === true}
      crumbs={[[t('account.title'), '/account'], [t('totp.title')]]}
    >
      <div class="one">{props.children as never}</div>
    </Page>
  );
}

function Totp({ visit, state }: { visit: Visit; state: State }) {
  const { t } = visit;
  const { refused } = state;
  return (
    <Frame visit={visit} faulty={refused !== undefined}>
      <Faults visit={visit} error={refused?.error} field={refused?.field} />
      <h1>{t('totp.title')}</h1>
      {state.on ? (
        <On visit={visit} refused={refused} />
      ) : state.pending === null ? (
        <>
          <p>{t('account.totp-off')}</p>
          <p class="note">{t('totp.what')}</p>
          <Go visit={visit} action="begin" text="totp.begin" />
        </>
      ) : (
        <Pending visit={visit} pending={state.pending} refused={refused} />
      )}
    </Frame>
  );
}

function Go({ visit, action, text }: { visit: Visit; action: string; text: TextKey }) {
  return (
    <form method="post" action={`/account/totp/${action}`}>
      <Token visit={visit} />
      <p class="acts">
        <button class="btn" type="submit">
          {visit.t(text)}
        </button>
      </p>
    </form>
  );
}

function Pending(props: { visit: Visit; pending: PendingTotp; refused: Refused | undefined }) {
  const { visit, pending, refused } = props;
  const { t } = visit;
  return (
    <>
      <h2>{t('totp.scan')}</h2>
      <p>
        <img src="/account/totp.svg" alt={t('totp.square')} width="240" height="240" />
      </p>
      <p>
        {t('totp.by-hand')} <code>{pending.secret}</code>
      </p>
      <form method="post" action="/account/totp/confirm">
        <Token visit={visit} />
        <TextQuestion
          visit={visit}
          name="code"
          label="totp.confirm"
          error={refused?.field === 'code' ? refused.error : undefined}
          autocomplete="one-time-code"
        />
        <p class="acts">
          <button class="btn" type="submit">
            {t('totp.go')}
          </button>
        </p>
      </form>
    </>
  );
}

function On({ visit, refused }: { visit: Visit; refused: Refused | undefined }) {
  const { t } = visit;
  const of = (field: Refused['field']) => (refused?.field === field ? refused?.error : undefined);
  return (
    <>
      <section>
        <h2>{t('totp.renew')}</h2>
        <p>{t('totp.renew-why')}</p>
        <Go visit={visit} action="renew" text="totp.renew" />
      </section>
      <section>
        <h2>{t('totp.end')}</h2>
        <p>{t('totp.end-why')}</p>
        <form method="post" action="/account/totp/end">
          <Token visit={visit} />
          <TextQuestion
            visit={visit}
            name="password"
            label="totp.password"
            error={of('password')}
            type="password"
            autocomplete="current-password"
          />
          <TextQuestion
            visit={visit}
            name="end-code"
            label="second.code"
            error={of('end-code')}
            autocomplete="one-time-code"
          />
          <p class="acts">
            <button class="btn btn-2" type="submit">
              {t('totp.end')}
            </button>
          </p>
        </form>
      </section>
    </>
  );
}

function Codes(props: { visit: Visit; title: TextKey; codes: readonly string[] }) {
  const { visit, title, codes } = props;
  const { t } = visit;
  return (
    <Frame visit={visit}>
      <h1>{t(title)}</h1>
      <p role="status">{t('totp.codes-why')}</p>
      <ol class="list note">
        {codes.map((c) => (
          <li>
            <code>{c}</code>
          </li>
        ))}
      </ol>
      <p class="acts">
        <a class="btn" href="/account">
          {t('totp.done')}
        </a>
      </p>
    </Frame>
  );
}

export async function beginTotpForm(visit: Visit): Promise<Response> {
  await visit.form();
  await visit.call('access.totp.begin', {});
  return visit.c.redirect('/account/totp', 303);
}

async function withCodes(
  visit: Visit,
  title: TextKey,
  command: string,
  input: object,
): Promise<Response> {
  const { recoveryCodes } = await visit.call<{ recoveryCodes: readonly string[] }>(command, input);
  return show(visit, <Codes visit={visit} title={title} codes={recoveryCodes} />);
}

async function refusedForm(
  visit: Visit,
  fault: unknown,
  fields: Readonly<Record<string, Refused['field']>>,
): Promise<Response> {
  const error = refusalOf(fault);
  const field = fields[error.code];
  if (field === undefined && error.code !== 'account-locked') throw error;
  const state = { ...(await stateOf(visit)), refused: { field, error } };
  return show(visit, <Totp visit={visit} state={state} />, error.status);
}

/** The first code: from now on signing in takes one. The recovery codes stand in this answer alone. */
export async function confirmTotpForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  try {
    const code = String(form['code'] ?? '').slice(0, 40);
    return await withCodes(visit, 'totp.codes', 'access.totp.confirm', { code });
  } catch (fault) {
    return refusedForm(visit, fault, { 'code-refused': 'code' });
  }
}

export async function renewCodesForm(visit: Visit): Promise<Response> {
  await visit.form();
  return withCodes(visit, 'totp.codes-new', 'access.recovery.renew', {});
}

export async function endTotpForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  try {
    await visit.call('access.totp.end', {
      password: String(form['password'] ?? '').slice(0, 200),
      code: String(form['end-code'] ?? '').slice(0, 40),
    });
  } catch (fault) {
    const fields = { 'code-refused': 'end-code', 'password-wrong': 'password' } as const;
    return refusedForm(visit, fault, fields);
  }
  return visit.c.redirect('/account?done=totp', 303);
}
