import type { Context, Hono } from 'hono';
import type { House, MindunError } from '../../kernel/index.ts';
import { formLimit, uploadLimit } from '../http/body.ts';
import { checkSite } from '../http/csrf.ts';
import { Visit } from '../http/visit.ts';
import { billFile, billForm, certificateFile, markedFile, templateFile } from './downloads.ts';
import { show } from './layout.tsx';
import { accountPage, passkeyForm, sessionsForm } from './pages/account.tsx';
import { activateForm, activatePage } from './pages/activate.tsx';
import { billPage } from './pages/bill.tsx';
import { certificateForm, certificatesPage } from './pages/certificates.tsx';
import { certificatePage, checkPage } from './pages/check.tsx';
import { disclosurePage } from './pages/disclosure.tsx';
import { employerPage } from './pages/employer.tsx';
import { ErrorPage } from './pages/error.tsx';
import {
  authoriseForm,
  changeHandlerForm,
  endHandlerForm,
  handlerPage,
  handlersPage,
} from './pages/handlers.tsx';
import { Home } from './pages/home.tsx';
import { createKeyForm, endKeyForm, keysPage, rotateKeyForm } from './pages/keys.tsx';
import { looksPage, myDataFile, objectForm } from './pages/looks.tsx';
import { emailForm, messagesPage } from './pages/messages.tsx';
import { passwordForm, passwordPage } from './pages/password.tsx';
import { providerCallback, providerPage } from './pages/provider.ts';
import { actForm, endForm, giveForm, proxiesPage } from './pages/proxies.tsx';
import { recordPage } from './pages/record.tsx';
import { rosterForm, rosterPage } from './pages/roster.tsx';
import { secondForm, secondPage, signInForm, signInPage, signOutForm } from './pages/sign-in.tsx';
import { stepUpForm, stepUpPage, wasAt } from './pages/step-up.tsx';
import {
  beginTotpForm,
  confirmTotpForm,
  endTotpForm,
  renewCodesForm,
  totpPage,
  totpSquare,
} from './pages/totp.tsx';
import { confirmForm, uploadPage } from './pages/upload.tsx';

type Handler = (visit: Visit) => Response | Promise<Response>;

/** Mounts the portal: pages by GET, forms by POST; language and type size are remembered on the way. */
export function mountPortal(app: Hono, house: House, address: () => string): void {
  const page = (path: string, handler: Handler): void => {
    app.get(path, async (c) => {
      const visit = await Visit.open(c, house);
      const plain = visit.remember();
      return plain === null ? handler(visit) : c.redirect(plain, 303);
    });
  };
  const form = (path: string, handler: Handler): void => {
    app.post(path, formLimit, async (c) => handler(await Visit.open(c, house)));
  };
  page('/', (visit) => show(visit, <Home visit={visit} />));
  page('/sign-in', signInPage);
  form('/sign-in', signInForm);
  page('/sign-in/provider', providerPage);
  page('/sign-in/provider/callback', providerCallback);
  page('/activate', activatePage);
  form('/activate', activateForm);
  page('/sign-in/second', secondPage);
  form('/sign-in/second', secondForm);
  form('/sign-out', signOutForm);
  page('/password', passwordPage);
  form('/password', passwordForm);
  mountAccount(page, form);
  page('/employer', employerPage);
  page('/employer/roster', (visit) => rosterPage(visit));
  mountUpload(app, house);
  page('/employer/keys', (visit) => keysPage(visit));
  form('/employer/keys', createKeyForm);
  form('/employer/keys/rotate', rotateKeyForm);
  form('/employer/keys/end', endKeyForm);
  page('/employer/handlers', (visit) => handlersPage(visit));
  form('/employer/handlers', authoriseForm);
  form('/employer/handlers/end', endHandlerForm);
  page('/employer/handlers/:account', (visit) => handlerPage(visit));
  form('/employer/handlers/:account', changeHandlerForm);
  page('/employer/roster/template.xlsx', templateFile);
  page('/employer/roster/:upload', (visit) => uploadPage(visit));
  form('/employer/roster/:upload', confirmForm);
  page('/employer/roster/:upload/marked.xlsx', markedFile);
  page('/employer/bill/:file{.+\\.pdf}', (visit) => billFile(visit, address()));
  page('/employer/bill/:month', billPage);
  form('/employer/bill/:month', billForm);
  page('/employer/certificates/:file{.+\\.pdf}', (visit) =>
    certificateFile(visit, 'employer', address()),
  );
  page('/record/certificate/:file{.+\\.pdf}', (visit) =>
    certificateFile(visit, 'person', address()),
  );
  page('/employer/certificates', (visit) => certificatesPage(visit, 'employer'));
  form('/employer/certificates', (visit) => certificateForm(visit, 'employer'));
  page('/record', recordPage);
  page('/record/certificate', (visit) => certificatesPage(visit, 'person'));
  form('/record/certificate', (visit) => certificateForm(visit, 'person'));
  page('/looks', looksPage);
  form('/looks/object', objectForm);
  page('/record/data.json', myDataFile);
  page('/disclosure', disclosurePage);
  page('/proxies', proxiesPage);
  form('/proxies', giveForm);
  form('/proxies/end', endForm);
  form('/proxies/act', actForm);
  page('/check', checkPage);
  page('/check/:code', certificatePage);
}

type Mount = (path: string, handler: Handler) => void;

/** One's own account: where one is signed in, and by what. */
function mountAccount(page: Mount, form: Mount): void {
  page('/step-up', stepUpPage);
  form('/step-up', stepUpForm);
  page('/account', accountPage);
  form('/account/sessions', sessionsForm);
  page('/account/messages', messagesPage);
  form('/account/messages', emailForm);
  form('/account/passkeys', passkeyForm);
  page('/account/totp', totpPage);
  page('/account/totp.svg', totpSquare);
  form('/account/totp/begin', beginTotpForm);
  form('/account/totp/confirm', confirmTotpForm);
  form('/account/totp/renew', renewCodesForm);
  form('/account/totp/end', endTotpForm);
}

/** The table's form: who is not an employer is refused before the body is read. */
function mountUpload(app: Hono, house: House): void {
  app.post('/employer/roster', async (c, next) => {
    checkSite(c);
    (await Visit.open(c, house)).subjectOf('employer');
    await next();
  });
  app.post('/employer/roster', uploadLimit, async (c) => rosterForm(await Visit.open(c, house)));
}

export { barePage } from './pages/error.tsx';

/** A refusal as a page; who is not signed in goes to the log-in and comes back. */
export async function refusedPage(c: Context, house: House, error: MindunError): Promise<Response> {
  if (error.code === 'sign-in-needed' && c.req.method === 'GET') {
    const url = new URL(c.req.url);
    const next = encodeURIComponent(`${url.pathname}${url.search}`);
    return c.redirect(`/sign-in?next=${next}`, 303);
  }
  if (error.code === 'password-change-needed' && c.req.method === 'GET')
    return c.redirect('/password', 303);
  const visit = await Visit.open(c, house);
  if (error.code === 'step-up-needed' && visit.signedIn)
    return c.redirect(`/step-up?next=${encodeURIComponent(wasAt(visit))}`, 303);
  // Its body was not read, but the form is known: the reader goes on in it.
  if (error.code === 'file-too-large' && c.req.path === '/employer/roster')
    return rosterPage(visit, { error });
  return show(visit, <ErrorPage visit={visit} error={error} />, error.status);
}
