// The books for the record's measurement: persons with accounts, two years of months and five years taken over, by SQL.
import type { Scratch } from './scratch.ts';

export interface Books {
  /** Persons by id. A person's public id is his id, his session's token `token-<id>`. */
  readonly range: { readonly from: number; readonly to: number };
  readonly months: number;
}

// Apart from every other number in the books, so that a traced statement shows where the person stands.
const first = 7_000_001;
const years = [2008, 2009];

/** Employer of the n-th person in a year: fifty persons each, another one every year. */
function employerIn(year: number, employers: number): string {
  return `(1 + ((n - 1) / 50 + ${year}) % ${employers})`;
}

/** Numbers are of the area code that nobody has. */
export async function personBooks(store: Scratch, persons: number): Promise<Books> {
  const { sql } = store;
  const employers = Math.ceil(persons / 50);
  await sql.query('set role c430400_owner');
  await sql.query(`update city set clock = '2010-01-08T09:00'`);
  await people(store, persons, employers);
  for (const year of years) {
    for (let month = 1; month <= 12; month += 1) {
      await monthOf(store, year * 100 + month, persons, employers);
    }
  }
  await sql.query(
    `insert into month_step (period, step, counts, act)
     select y * 100 + m, 'close', '{}', 1 from unnest('{${years.join(',')}}'::int[]) y, generate_series(1, 12) m`,
  );
  await accounts(store, persons);
  await sql.query('reset role');
  await sql.query('vacuum analyze');
  await sql.query('set role c430400_owner');
  const range = { from: first, to: first + persons - 1 };
  return { range, months: years.length * 12 };
}

async function people({ sql }: Scratch, persons: number, employers: number): Promise<void> {
  await sql.query(
    `insert into employer (id, public_id, area, act) select n, 'E' || n, 430405000000, 1 from generate_series(1, ${employers}) n`,
  );
  await sql.query(
    `insert into employer_fact (employer_id, area, name, initials, injury_class, category, valid, known)
     select n, 430405000000, '衡阳单位' || n, 'hydw' || n, 1 + n % 3, 1, '[1998-01-01,)', int8range(1, null)
     from generate_series(1, ${employers}) n`,
  );
  await sql.query(
    `insert into employer_code (employer_id, area, kind, code, valid, known)
     select n, 430405000000, 'organisation', lpad(n::text, 8, '0') || '-0', '[1998-01-01,)', int8range(1, null)
     from generate_series(1, ${employers}) n`,
  );
  await sql.query(
    `insert into person (id, public_id, area, act)
     select ${first} - 1 + n, (${first} - 1 + n)::text, 430405000000, 1 from generate_series(1, ${persons}) n`,
  );
  await sql.query(
    `insert into person_fact (person_id, area, name, initials, number, birth, sex, residence, valid, known)
     select ${first} - 1 + n, 430405000000, '张' || (${first} - 1 + n), 'z', '430499' || lpad(n::text, 12, '0'),
       '1970-01-01', 'female', 'urban', '[1970-01-01,)', int8range(1, null) from generate_series(1, ${persons}) n`,
  );
  for (const year of years) {
    const until = year === years.at(-1) ? '' : `${year + 1}-01-01`;
    await sql.query(
      `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
       select ${first} - 1 + n, ${employerIn(year, employers)}, 430405000000, 1, 31,
         '[${year}-01-01,${until})'::daterange, int8range(1, null) from generate_series(1, ${persons}) n`,
    );
  }
  await sql.query(
    `insert into account_year (person_id, fund, year, area, opening, credited, interest, paid_out, closing, act)
     select ${first} - 1 + n, f, y, 430405000000, 0, 90000 + n % 997, 1000, 0, 91000 + n % 997, 1
     from generate_series(1, ${persons}) n, unnest('{1,3}'::int[]) f, generate_series(2003, 2007) y`,
  );
  await sql.query(
    `insert into deemed_service (person_id, area, months, valid, basis, act)
     select ${first} - 1 + n, 430405000000, 12 + n % 100, '[1990-01-01,1998-01-01)', '档案', 1
     from generate_series(1, ${persons}, 3) n`,
  );
}

/** A month as it stands after its close: rosters, the persons' shares, paid, credited; of every tenth employer only in part. */
async function monthOf(
  { sql }: Scratch,
  ofPeriod: number,
  persons: number,
  employers: number,
): Promise<void> {
  const employer = employerIn(Math.floor(ofPeriod / 100), employers);
  const bill = (of: string): string => `(${ofPeriod}::bigint * 1000000 + ${of})`;
  const wage = `(80000 + (n * 7919 + ${ofPeriod}) % 400000)`;
  await sql.query(
    `insert into roster_line_${ofPeriod} (period, employer_id, person_id, declaration_id, area, category, injury_class, schemes, change, wage)
     select ${ofPeriod}, ${employer}, ${first} - 1 + n, ${bill(employer)}, 430405000000, 1, 2, 31, 0, ${wage}
     from generate_series(1, ${persons}) n`,
  );
  await sql.query(
    `insert into person_month_${ofPeriod} select ${ofPeriod}, ${first} - 1 + n, ${employer}, 1, 430405000000, ${bill(employer)}, 1, w,
       w / 5, w * 2 / 25, w * 2 / 25, w * 3 / 50, w / 50, w * 3 / 100, w / 50, w / 100, w / 100, w / 125
     from generate_series(1, ${persons}) n, lateral (select ${wage} as w) x`,
  );
  await sql.query(
    `insert into paid_change (employer_id, fee_period, bill_id, area, funds, paid, since, act)
     select e, ${ofPeriod}, ${bill('e')}, 430405000000, '{1,3,4,5,6}', e % 10 <> 0, '2008-01-20', 1
     from generate_series(1, ${employers}) e`,
  );
  await sql.query(
    `with c as (insert into account_credit (employer_id, area, fund, fee_period, bill_id, whole, amount, credited_on, period, act)
       select e, 430405000000, f, ${ofPeriod}, ${bill('e')}, e % 10 <> 0, 5000, '2008-01-20', ${ofPeriod}, 1
       from generate_series(1, ${employers}) e, unnest('{1,3}'::int[]) f returning id, employer_id, whole)
     insert into account_credit_share (credit_id, person_id, area, amount)
     select c.id, ${first} - 1 + n, 430405000000, 100 from c join generate_series(1, ${persons}) n on ${employer} = c.employer_id
     where not c.whole`,
  );
}

async function accounts({ sql }: Scratch, persons: number): Promise<void> {
  await sql.query(
    `with a as (insert into account (public_id, kind, login, name, person_id, act)
       select 'A' || n, 'person', 'p' || n, '张' || (${first} - 1 + n), ${first} - 1 + n, 1 from generate_series(1, ${persons}) n
       returning id, person_id),
     g as (insert into access_grant (account_id, role, area_lo, area_hi, valid, reason, act)
       select id, 'insured-person', 430405000000, 430405000000, '[1998-01-01,)', '测量', 1 from a),
     s as (insert into session (public_id, form_key, account_id, expires)
       select 'S' || person_id, 'key', id, clock_timestamp() + interval '6 hours' from a returning id, public_id)
     insert into session_token (token_hash, session_id, presented)
     select sha256(convert_to('token-' || substr(public_id, 2), 'UTF8')), id, true from s`,
  );
}
