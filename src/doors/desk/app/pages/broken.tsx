import { Link, useRouteError } from 'react-router';
import { MindunError } from '../../../../kernel/errors.ts';
import { useSpeech } from '../language.tsx';
import { Page } from '../parts/page.tsx';

/** In the place of a page that cannot be drawn: most often its address names a month or a day that there is not. */
export function BrokenPage() {
  const { t, language } = useSpeech();
  const error = useRouteError();
  const told = error instanceof MindunError ? error : null;
  return (
    <Page title={t('broken')}>
      <p role="alert">
        {told === null
          ? t('broken.ours')
          : `${told.text(language)}${language === 'zh' ? '。' : '. '}`}
        {told?.mend(language)}
      </p>
      <p>
        <Link to="/month">{t('missing.back')}</Link>
      </p>
    </Page>
  );
}
