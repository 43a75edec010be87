import { Link } from 'react-router';
import { useSpeech } from '../language.tsx';
import { Page } from '../parts/page.tsx';

export function MissingPage() {
  const { t } = useSpeech();
  return (
    <Page title={t('missing.title')}>
      <p>
        <Link to="/">{t('missing.back')}</Link>
      </p>
    </Page>
  );
}
