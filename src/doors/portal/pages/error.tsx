import type { MindunError } from '../../../kernel/index.ts';
import type { Visit } from '../../http/visit.ts';
import { Page } from '../layout.tsx';

/** A refusal as a page: what is wrong and what the reader can do. */
export function ErrorPage({ visit, error }: { visit: Visit; error: MindunError }) {
  const { t, language } = visit;
  return (
    <Page visit={visit} title={error.text(language)} faulty>
      <div class="one">
        <h1>{error.text(language)}</h1>
        <p>{error.mend(language)}</p>
        <p class="acts">
          <a class="btn" href="/">
            {t('error.home')}
          </a>
        </p>
      </div>
    </Page>
  );
}
