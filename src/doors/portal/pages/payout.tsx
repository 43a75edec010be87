import type { PayoutView } from '../../../engines/registry/index.ts';
import { MindunError } from '../../../kernel/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay } from '../dates.ts';

/** A person's payout account; none is set; or it cannot be read now, which says why. */
export type Payout = PayoutView | MindunError | null;

const keyFaults = ['keys-lost', 'keys-open-to-others', 'keys-damaged', 'sealed-given-up'];

/** Where the person is paid to. What is wrong with the keys keeps nobody from the rest of the record. */
export async function payoutOf(visit: Visit, person: string): Promise<Payout> {
  try {
    const { account } = await visit.call<{ account: PayoutView | null }>(
      'registry.payout-account',
      { person },
    );
    return account;
  } catch (error) {
    if (error instanceof MindunError && keyFaults.includes(error.code)) return error;
    throw error;
  }
}

/** The account with its last four digits, and how it is changed. */
export function PayoutAccount({ visit, payout }: { visit: Visit; payout: Payout }) {
  const { t, language } = visit;
  return (
    <section class="accounts" aria-labelledby="payout">
      <h2 id="payout">{t('payout.title')}</h2>
      <Shown visit={visit} payout={payout} />
      {payout === null || payout instanceof MindunError ? null : (
        <p class="mini">{t('payout.since', { date: showDay(payout.from, language) })}</p>
      )}
      <p class="mini">{t('payout.how')}</p>
    </section>
  );
}

function Shown({ visit, payout }: { visit: Visit; payout: Payout }) {
  const { t } = visit;
  if (payout === null) return <p>{t('payout.none')}</p>;
  if (payout instanceof MindunError)
    return (
      <p>
        {t(payout.code === 'sealed-given-up' ? 'payout.gone' : 'payout.unreadable')}
        <span class="mini"> ({payout.code})</span>
      </p>
    );
  return (
    <dl>
      <dt>{t('payout.bank')}</dt>
      <dd lang="zh-CN">{payout.bank}</dd>
      <dt>{t('payout.number')}</dt>
      <dd class="nb">{t('payout.ends', { digits: payout.number.replace(/^\*+/, '') })}</dd>
      <dt>{t('payout.holder')}</dt>
      <dd lang="zh-CN">{payout.holder}</dd>
    </dl>
  );
}
