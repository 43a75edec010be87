/** What somebody writes past every rule into what is sealed: what it is, how, and exactly which checks of `verify` fail of it. */
export const sealedPlants: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'two payout accounts of one person',
    `alter table payout_account drop constraint payout_account_once;
     insert into payout_account (person_id, area, bank, number, number_index, holder, valid, known, act)
     select person_id, area, bank, number, number_index, holder, valid, known, act from payout_account limit 1`,
    // What is copied to another row does not open there.
    ['payout-accounts-do-not-overlap', 'sealed-values-open'],
  ],
  [
    'a bit of a sealed account number',
    'update receipt set payer_account = set_bit(payer_account, 200, 1 - get_bit(payer_account, 200)) where id = (select min(id) from receipt)',
    ['sealed-values-open'],
  ],
  [
    'an account number moved to another receipt',
    `update receipt set payer_account = (select payer_account from receipt where id = (select max(id) from receipt))
     where id = (select min(id) from receipt)`,
    ['sealed-values-open'],
  ],
  ['a data key that is gone', 'delete from sealed_key', ['sealed-values-open']],
  [
    'an index of another account number',
    'update receipt set payer_account_index = set_byte(payer_account_index, 0, 255 - get_byte(payer_account_index, 0)) where id = (select min(id) from receipt)',
    ['sealed-indexes-fit'],
  ],
  [
    'an index without its account number',
    'update receipt set payer_account = null where id = (select min(id) from receipt)',
    ['sealed-indexes-fit'],
  ],
];
