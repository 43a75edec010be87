import { plainAccount } from '../../../engines/registry/index.ts';
import { defineSealed } from '../../../kernel/sealed/index.ts';

/** The account from which a receipt came: it is looked for among those of other receipts, to find who paid. */
export const payerAccount = defineSealed({
  table: 'receipt',
  column: 'payer_account',
  index: 'payer_account_index',
  title: { zh: '到账的付款账号', en: 'payers’ account numbers' },
  normal: plainAccount,
});
