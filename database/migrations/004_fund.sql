-- Whose money: two balanced books that never mix. 1 = statutory (cash basis), 2 = receivable.
-- Amounts are signed fen: debit positive, credit negative; every journal sums to zero per book and fund.

create table fund (
  id smallint primary key,
  key text not null unique,
  insurance text not null,
  name_zh text not null,
  name_en text not null
);
insert into fund values
  (1, 'pension', 'pension', '企业职工基本养老保险基金', 'Enterprise employees'' basic pension fund'),
  (2, 'public-pension', 'pension', '机关事业单位养老保险基金', 'Public institutions'' pension fund'),
  (3, 'medical', 'medical', '城镇职工基本医疗保险基金', 'Employee basic medical fund'),
  (4, 'unemployment', 'unemployment', '失业保险基金', 'Unemployment fund'),
  (5, 'injury', 'injury', '工伤保险基金', 'Work injury fund'),
  (6, 'maternity', 'maternity', '生育保险基金', 'Maternity fund');

create table ledger_account (
  book smallint not null check (book in (1, 2)),
  key int not null,
  -- debit or credit side on which it normally stands
  side text not null check (side in ('debit', 'credit')),
  kind text not null check (kind in ('asset', 'liability', 'balance', 'income', 'expenditure', 'memo')),
  primary key (book, key)
);
-- Names and official codes change with the accounting system; an unknown code stays null and is not printed.
create table ledger_account_name (
  book smallint not null,
  key int not null,
  fund smallint references fund,
  valid daterange not null,
  code text,
  name_zh text not null,
  name_en text not null,
  foreign key (book, key) references ledger_account
);

create table journal (
  id bigint primary key,
  -- One event may write both books; the event id joins them.
  event bigint not null,
  effective date not null,
  period int not null,
  kind text not null,
  -- The same business fact posts once.
  key text not null unique,
  memo text not null,
  act bigint not null,
  -- The area of all its entries; null when they lie in several.
  area bigint
);
create sequence journal_id;
create index journal_by_event on journal (event);

-- The lines of a journal that stand for the same employer, bill, fee month and receipt are one row: a receipt is four rows instead
-- of thirty. One leaf a month, written by COPY as the bulk role or through the parent; read as `entry`.
create table posting (
  journal_id bigint not null,
  seq int not null,
  book smallint not null,
  period int not null,
  area bigint not null,
  employer_id bigint,
  bill_id bigint,
  fee_period int,
  receipt_id bigint,
  -- account * 1000 + fund * 100 + share * 10 + nature; share and nature 0: none
  cells int[] not null,
  amounts bigint[] not null,
  primary key (period, journal_id, seq),
  check (cardinality(cells) = cardinality(amounts) and cardinality(cells) > 0),
  check (array_position(cells, null) is null and array_position(amounts, null) is null)
) partition by range (period);
-- With the month in it the planner takes it also for a month that was just filled, of which it knows nothing.
create index posting_by_employer on posting (employer_id, period) where employer_id is not null;
create index posting_by_receipt on posting (receipt_id) where receipt_id is not null;

-- The entries as accountants know them, with the eyes of who reads. Share: 1 employer, 2 employee. Nature: 1 当期 2 清欠 3 补缴 4 预缴.
create view entry with (security_invoker = true) as
  select p.journal_id, p.seq + c.n::int - 1 as seq, p.book, (c.cell / 100 % 10)::smallint as fund, c.cell / 1000 as account,
    c.amount, p.period, p.area, p.employer_id, p.bill_id, p.fee_period, nullif(c.cell / 10 % 10, 0)::smallint as share,
    nullif(c.cell % 10, 0)::smallint as nature, p.receipt_id
  from posting p cross join lateral unnest(p.cells, p.amounts) with ordinality as c (cell, amount, n);

-- A closed month takes no posting any more.
create table period_lock (period int primary key, act bigint not null);

-- No foreign keys on postings (six times the time): one statement trigger proves sums and existence. It sits on every
-- leaf (written to directly) and on the parent.
create function posting_check() returns trigger language plpgsql security definer set search_path = {{schema}}, pg_temp as $$
declare
  bad record;
begin
  select journal_id, book, fund, sum(amount) as total into bad
    from (select journal_id, book, unnest(cells) / 100 % 10 as fund, unnest(amounts) as amount from fresh) c
    group by journal_id, book, fund having sum(amount) <> 0 limit 1;
  if found then
    raise exception 'ledger-unbalanced: journal % book % fund % sums to %', bad.journal_id, bad.book, bad.fund, bad.total
      using errcode = 'MD001';
  end if;
  select f.journal_id into bad from (select distinct journal_id, period from fresh) f
    left join journal j on j.id = f.journal_id and j.period = f.period
    where j.id is null limit 1;
  if found then
    raise exception 'ledger-reference: journal % does not exist', bad.journal_id using errcode = 'MD002';
  end if;
  select c.book, c.account into bad
    from (select distinct book, unnest(cells) / 1000 as account from (select distinct book, cells from fresh) f) c
    left join ledger_account a on a.book = c.book and a.key = c.account
    where a.key is null limit 1;
  if found then
    raise exception 'ledger-reference: account %/% does not exist', bad.book, bad.account using errcode = 'MD002';
  end if;
  if exists (select from (select distinct period from fresh) f join period_lock l on l.period = f.period) then
    raise exception 'period-locked: no posting into a closed month' using errcode = 'MD003';
  end if;
  return null;
end $$;
create trigger posting_check after insert on posting
  referencing new table as fresh for each statement execute function posting_check();

create function append_only() returns trigger language plpgsql as $$
begin
  raise exception 'append-only: % is never changed', tg_table_name using errcode = 'MD004';
end $$;
create trigger posting_append_only before update or delete on posting
  for each statement execute function append_only();
create trigger journal_append_only before update or delete or truncate on journal
  for each statement execute function append_only();

-- Balances at the end of a closed month: what a statement needs without reading the whole past.
create table balance (
  period int not null,
  book smallint not null,
  fund smallint not null,
  account int not null,
  area bigint not null,
  opening bigint not null,
  debit bigint not null,
  credit bigint not null,
  closing bigint not null,
  primary key (period, book, fund, account, area)
);

-- What every employer owes and has at the end of a closed month, of the receivable book: what is open now is this and the entries
-- since, so that nobody reads the whole past. Cells as in `posting`; bill_id and fee_period 0: none.
create table receivable_balance (
  period int not null,
  employer_id bigint not null,
  bill_id bigint not null,
  fee_period int not null,
  area bigint not null,
  cells int[] not null,
  amounts bigint[] not null,
  primary key (period, employer_id, bill_id, fee_period)
);
create view receivable_now with (security_invoker = true) as
  select b.employer_id, b.area, nullif(b.bill_id, 0) as bill_id, nullif(b.fee_period, 0) as fee_period,
    (c.cell / 100 % 10)::smallint as fund, c.cell / 1000 as account, nullif(c.cell / 10 % 10, 0)::smallint as share, c.amount
  from receivable_balance b cross join lateral unnest(b.cells, b.amounts) as c (cell, amount)
  where b.period = (select max(period) from period_lock)
  union all
  select employer_id, area, bill_id, fee_period, fund, account, share, amount from entry
  where book = 2 and employer_id is not null and period > coalesce((select max(period) from period_lock), 0);

call guard('journal', staff => 'area', auditor => true);
call guard('posting', staff => 'area', employer => 'employer_id', auditor => true);
call guard('balance', staff => 'area', auditor => true);
call guard('receivable_balance', staff => 'area', employer => 'employer_id', auditor => true);
call guard('period_lock', auditor => true);
grant select on entry, receivable_now to {{system}}, {{staff}}, {{employer}}, {{auditor}};
grant select on period_lock to {{staff}}, {{employer}};
-- A journal over several areas is the city's work (assessment, sweep, closing) and names nobody; employers read no journal.
create policy staff_shared on journal to {{staff}} using (area is null);
create policy staff_read on period_lock to {{staff}} using (true);
create policy employer_read on period_lock to {{employer}} using (true);
grant select on fund, ledger_account, ledger_account_name to
  {{system}}, {{staff}}, {{person}}, {{employer}}, {{auditor}}, {{bulk}};
grant insert on ledger_account, ledger_account_name to {{system}};
grant usage on sequence journal_id to {{system}};
