import { Exchange } from '../../src/kernel/database/exchange.ts';

/** A statement of a query as it went to the server: whose eyes, the text, the values. */
export interface Sent {
  readonly role: string;
  readonly sql: string;
  readonly values: readonly unknown[];
}

interface Wire {
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly unknown[] }): void;
}

/** Listens to the exchanges of this process from now on; what the last ones said is taken by `taken`. */
export function listen(): { taken(): Sent[]; end(): void } {
  const texts = new Map<string, string>();
  let sent: Sent[] = [];
  const { submit } = Exchange.prototype;
  Exchange.prototype.submit = function (this: Exchange, connection: unknown): void {
    const wire = connection as Wire;
    const { parse, bind } = wire;
    let role = '';
    wire.parse = (message) => {
      texts.set(message.name, message.text);
      parse.call(wire, message);
    };
    wire.bind = (message) => {
      const sql = texts.get(message.statement) ?? '';
      if (/^select set_config\('role'/.test(sql)) role = String(message.values[0]);
      else sent.push({ role, sql, values: message.values });
      bind.call(wire, message);
    };
    try {
      submit.call(this, connection);
    } finally {
      wire.parse = parse;
      wire.bind = bind;
    }
  };
  return {
    taken() {
      const taken = sent;
      sent = [];
      return taken;
    },
    end() {
      Exchange.prototype.submit = submit;
    },
  };
}

/** Rows as a middling city has them, written past all checks: employers with bills, books and receipts, persons, looks, matters and proposals. */
export const crowd: readonly string[] = [
  'set session_replication_role = replica',
  `insert into employer (id, public_id, area, act) select 100000 + n, 'E' || n, 430400000000 + (n % 9) * 1000000 + (n % 37) * 1000, 1 from generate_series(1, 6000) n`,
  `insert into employer_fact (id, employer_id, area, name, initials, injury_class, category, valid, known)
   select 100000 + (id - 100000), id, area, '厂' || id, 'c' || id, 1, 1, '[2008-01-01,)', '[1,)' from employer where id > 100000`,
  `insert into employer_code (id, employer_id, area, kind, code, valid, known)
   select id, id, area, 'organisation', 'X' || id, '[2008-01-01,)', '[1,)' from employer where id > 100000`,
  `insert into person (id, public_id, area, act) select 100000 + n, 'P' || n, 430400000000 + (n % 9) * 1000000 + (n % 37) * 1000, 1 from generate_series(1, 40000) n`,
  `insert into person_fact (id, person_id, area, name, initials, number, birth, sex, residence, valid, known)
   select id, id, area, chr(19968 + (id % 400)::int) || id % 1000, 'z' || id % 1000, 'N' || id, '1970-01-01', 'male', 'urban', '[1970-01-01,)', '[1,)' from person where id > 100000`,
  `insert into spell (id, person_id, employer_id, area, category, schemes, valid, known)
   select p.id, p.id, e.id, e.area, 1, 31, '[2005-01-01,)', '[1,)' from person p join employer e on e.id = 100001 + p.id % 6000 where p.id > 100000`,
  `insert into declaration (id, public_id, period, employer_id, area, kind, rows, wage_fen, bill_period, act)
   select id, 'D' || id, 200801, id, area, 'full', 5, 1, 200801, 1 from employer where id > 100000 and id % 10 <> 0`,
  `insert into bill (id, public_id, number, period, employer_id, area, issued_on, due_on, due_assumed, act)
   select id, 'B' || id, 'B' || id, 200801, id, area, '2008-01-10', '2008-01-15', false, 1 from employer where id > 100000`,
  `insert into bill_section (period, bill_id, kind, fee_period, claim_bill_id, area, employer_id, cells, persons, bases, amounts, accounts)
   select 200801, id, 1, 200801, id, area, employer_id, '{11,12}', '{5,5}', '{1,1}', '{100,50}', '{0,0}' from bill where id > 100000`,
  `insert into journal (id, event, effective, period, kind, key, memo, act, area)
   select id, id, '2008-01-10', 200801, 'assess', 'k' || id, '', 1, area from employer where id > 100000`,
  `insert into posting (journal_id, seq, book, period, area, employer_id, bill_id, fee_period, cells, amounts)
   select id, 1, 2, 200801, area, id, id, 200801, '{1111,2111}', '{100,-100}' from employer where id > 100000`,
  `insert into receipt (id, public_id, bank_file_id, reference, received_on, period, payer_name, payer_account, payer_account_index, bill_text, amount, area, act)
   select id, 'R' || id, 1, 'R' || id, '2008-01-20', 200801, '厂' || id, '\\x00', substr(sha256(id::text::bytea), 1, 8), '', 100, area, 1 from employer where id > 100000`,
  `update receipt set employer_id = id where id > 100000 and id % 40 <> 0`,
  `insert into look (at, account_id, query, purpose, person_id) select '2008-01-10', n % 300, 'insurance.record', 'counter-visit', 100000 + n % 40000 from generate_series(1, 60000) n`,
  `insert into act (id, at, account_id, command, purpose) select 1000000 + n, '2008-01-10', n % 300, 'insurance.declare', '' from generate_series(1, 60000) n`,
  `insert into account (id, public_id, kind, login, name, act) overriding system value select 1000 + n, 'A' || n, 'staff', 'crowd' || n, 'x', 1 from generate_series(1, 300) n`,
  `insert into matter (id, public_id, kind, reason, account_id, area, at, act) overriding system value
   select 1000 + n, 'M' || n, 'matter', 'x', 1000 + n % 300, 430400000000, '2008-01-10', 1 from generate_series(1, 20000) n`,
  `insert into proposal (id, public_id, command, input, account_id, purpose, area_lo, area_hi, hands, at, until, act) overriding system value
   select 1000 + n, 'Q' || n, 'insurance.refund', '{}', 1000 + n % 300, '', 430400000000 + (n % 9) * 1000000 + (n % 37) * 1000, 430400000999 + (n % 9) * 1000000 + (n % 37) * 1000,
     3, '2008-01-10', '2100-01-01', 1 from generate_series(1, 20000) n`,
  'set session_replication_role = origin',
  'analyze',
];
