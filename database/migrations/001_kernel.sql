-- The kernel's own tables: the city, its clock, the acts, long runs, the outbox.
-- Names in double braces (schema and roles) are filled in by `migrate`; each file runs in one transaction as the migrate role.

-- What is made here runs for nobody but whom it is given to, triggers' functions among it: whoever could put one of those that run as the owner
-- on a table of his own would choose what the owner reads.
alter default privileges revoke execute on routines from public;

-- The key by which the application signs whose eyes a transaction has. No role but the owner reads it.
create table reach_key (inner_key bytea not null, outer_key bytea not null);
insert into reach_key select string_agg(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), ''),
  string_agg(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), '') from generate_series(1, 2);
-- Whether the role and the range that this transaction says it has were given to it by the application, on this very connection.
create function reach_signed() returns boolean language plpgsql stable parallel restricted security definer
  set search_path = {{schema}}, pg_temp as $$
declare
  k reach_key;
  said text := format('%s|%s|%s|%s|%s|%s', pg_backend_pid(), current_setting('role', true), current_setting('app.area_lo', true),
    current_setting('app.area_hi', true), current_setting('app.persons', true), current_setting('app.employer', true));
begin
  select * into k from reach_key;
  return encode(sha256(k.outer_key || sha256(k.inner_key || convert_to(said, 'UTF8'))), 'hex') = current_setting('app.sign', true);
end $$;
-- What the application signed, as the policies take it; null without the mark. Asked as a sub-select, once a statement, and kept for all its
-- rows: a statement that sets another range while it runs has none of it.
create function reach_areas() returns int8range language plpgsql stable parallel restricted security definer
  set search_path = {{schema}}, pg_temp as $$
begin
  if not coalesce(reach_signed(), false) then return null; end if;
  return int8range(nullif(current_setting('app.area_lo', true), '')::bigint, nullif(current_setting('app.area_hi', true), '')::bigint, '[]');
end $$;
create function reach_persons() returns bigint[] language plpgsql stable parallel restricted security definer
  set search_path = {{schema}}, pg_temp as $$
begin
  return case when reach_signed() then nullif(current_setting('app.persons', true), '')::bigint[] end;
end $$;
create function reach_employer() returns bigint language plpgsql stable parallel restricted security definer
  set search_path = {{schema}}, pg_temp as $$
begin
  return case when reach_signed() then nullif(current_setting('app.employer', true), '')::bigint end;
end $$;
grant execute on function reach_areas() to {{staff}};
grant execute on function reach_persons() to {{person}};
grant execute on function reach_employer() to {{employer}};

-- Row-level security by one macro, so that no table is forgotten in one of its five places:
-- each actor role gets its own policy with one indexable predicate; a NULL column gives that role nothing.
create procedure guard(
  target text, staff text default null, person text default null, employer text default null,
  auditor boolean default false
) language plpgsql as $$
begin
  execute format('alter table %I enable row level security', target);
  execute format('alter table %I force row level security', target);
  execute format('create policy system_all on %I to {{system}} using (true) with check (true)', target);
  execute format('grant select, insert on %I to {{system}}', target);
  execute format('create policy owner_all on %I to {{owner}} using (true) with check (true)', target);
  if staff is not null then
    -- The first two comparisons are what an index and the planner's estimate go by; the last one decides. It is written so that the planner takes
    -- nearly every row for let through, where the range itself would count as half a hundredth of all rows once more.
    execute format(
      'create policy staff_area on %I to {{staff}} using (%I >= nullif(current_setting(''app.area_lo'', true), '''')::bigint
        and %I <= nullif(current_setting(''app.area_hi'', true), '''')::bigint
        and nullif(%I <@ (select reach_areas()), false) is not null)', target, staff, staff, staff);
    execute format('grant select on %I to {{staff}}', target);
  end if;
  if person is not null then
    execute format(
      'create policy own_person on %I to {{person}} using (%I = any ((select reach_persons())::bigint[]))', target, person);
    execute format('grant select on %I to {{person}}', target);
  end if;
  if employer is not null then
    execute format('create policy own_employer on %I to {{employer}} using (%I = (select reach_employer()))', target, employer);
    execute format('grant select on %I to {{employer}}', target);
  end if;
  if auditor then
    execute format('create policy auditor_all on %I to {{auditor}} using (true)', target);
    execute format('grant select on %I to {{auditor}}', target);
  end if;
end $$;

create table city (
  one boolean primary key default true check (one),
  code text not null,
  name_zh text not null,
  name_en text not null,
  kind text not null check (kind in ('live', 'simulated')),
  -- Business time of a simulated city, on the clock of Asia/Shanghai; a live city has none.
  clock timestamp,
  first_period int not null,
  sample_law boolean not null default false,
  check ((kind = 'simulated') = (clock is not null))
);

-- How a simulated city was built, so that it goes on in the same way.
create table simulation (
  one boolean primary key default true check (one),
  seed bigint not null,
  scale numeric not null,
  from_period int not null
);

-- What each simulated month came to, field by field as it was reported.
create table simulated_month (period int primary key, report json not null);

-- Every change of state. The id is the recorded order: "known" ranges are made of it, not of moments. Acts and looks lie in a leaf for each
-- month of the wall clock; `tx` is the transaction that wrote the row: what is older than every transaction under way is
-- complete, and is sealed in batches by it (`audit_batch`).
create sequence act_id;
create table act (
  id bigint not null,
  tx xid8 not null default pg_current_xact_id(),
  at timestamp not null,
  wall timestamptz not null default clock_timestamp(),
  account_id bigint not null,
  -- The role that gave the right, and the area of its grant; of who needs no grant none.
  role text,
  area bigint,
  command text not null,
  purpose text not null,
  matter bigint,
  parent bigint,
  -- Of what takes two: who asked for it. `account_id` is who decided.
  proposed_by bigint,
  -- Public identifiers of what was acted on, never personal data.
  subject jsonb not null default '{}'
) partition by range (wall);
create index act_by_id on act (id);
create index act_by_at on act (at, id);
create index act_by_account on act (account_id, id);
create index act_by_tx on act (tx, id);
-- Months for which no leaf was made: nothing is ever refused for it.
create table act_default partition of act default;

-- What a command with an idempotency key answered, to answer a repeat with the same.
create table act_answer (
  account_id bigint not null,
  key text not null,
  act bigint not null,
  input_hash text not null,
  body jsonb not null,
  primary key (account_id, key)
);

-- Every look at a person's or an employer's data, recorded before the answer leaves. A list of persons is one row with those it showed.
create sequence look_id;
create table look (
  id bigint not null default nextval('look_id'),
  tx xid8 not null default pg_current_xact_id(),
  at timestamp not null,
  wall timestamptz not null default clock_timestamp(),
  account_id bigint not null,
  role text,
  area bigint,
  query text not null,
  purpose text not null,
  matter bigint,
  person_id bigint,
  employer_id bigint,
  persons bigint[],
  listed int,
  -- The code under which the look was refused: nothing was shown.
  refused text
) partition by range (wall);
create index look_by_person on look (person_id, id) where person_id is not null;
create index look_by_list on look using gin (persons) where persons is not null;
create index look_by_account on look (account_id, id);
create index look_by_tx on look (tx, id);
create table look_default partition of look default;

-- The leaves of a month (200801) of the wall clock, where they are missing and where nothing of the month lies elsewhere already.
create procedure make_audit_leaf(month int) language plpgsql as $$
declare
  first date := to_date(month::text, 'YYYYMM');
  parent text;
  leaf text;
  elsewhere boolean;
begin
  foreach parent in array array['act', 'look'] loop
    leaf := parent || '_' || month;
    if to_regclass(format('%I', leaf)) is null then
      execute format('select exists (select from %I where wall >= %L and wall < %L)', parent || '_default',
        first || ' 00:00+08', (first + interval '1 month')::date || ' 00:00+08') into elsewhere;
      if not elsewhere then
        execute format('create table %I partition of %I for values from (%L) to (%L)', leaf, parent,
          first || ' 00:00+08', (first + interval '1 month')::date || ' 00:00+08');
      end if;
    end if;
  end loop;
end $$;

-- Acts and looks sealed in batches: the rows of one table and one month of the wall clock that transactions from (and with) `from_tx` to (and
-- without) `to_tx` wrote. Each hash holds the one before it.
create table audit_batch (
  id bigint primary key,
  kind text not null check (kind in ('act', 'look')),
  month int not null,
  from_tx xid8 not null,
  to_tx xid8 not null,
  rows int not null,
  rows_hash bytea not null,
  hash bytea not null,
  sealed timestamptz not null default clock_timestamp()
);
-- The chain's last hash of each day, to be kept elsewhere, too.
create table audit_root (
  day date primary key,
  batch bigint not null,
  hash bytea not null
);
-- Months whose rows were given up when the law no longer asked for them; their batches stay in the chain.
create table audit_retired (
  kind text not null,
  month int not null,
  rows bigint not null,
  wall timestamptz not null default clock_timestamp(),
  primary key (kind, month)
);

-- A long run's progress, readable while it runs; written outside the run's own transactions.
create table run (
  id bigint generated always as identity primary key,
  kind text not null,
  period int not null,
  state text not null check (state in ('running', 'done', 'failed')),
  done bigint not null default 0,
  total bigint not null default 0,
  started timestamptz not null default clock_timestamp(),
  touched timestamptz not null default clock_timestamp(),
  note text not null default ''
);
create index run_by_period on run (period, id);

-- Effects that leave the database: written with the change, sent after it.
create table outbox (
  id bigint generated always as identity primary key,
  act bigint not null,
  kind text not null,
  body jsonb not null,
  sent timestamptz
);

-- Numbers without gaps per office, year and kind.
create table number_series (
  office text not null, year int not null, kind text not null, last int not null,
  primary key (office, year, kind)
);

-- Gives up the looks of one month of the wall clock, when the law no longer asks for them: all of them sealed, their batches stay in the chain. Acts stay:
-- what they brought about names them.
create procedure retire_looks(month int) language plpgsql as $$
declare
  leaf text := 'look_' || month;
  gone bigint;
  open boolean;
begin
  if to_regclass(format('%I', leaf)) is null then
    return;
  end if;
  execute format('select count(*), coalesce(bool_or(tx >= (select coalesce(max(to_tx), ''0''::xid8) from audit_batch)), false) from %I', leaf)
    into gone, open;
  if open then
    raise exception 'looks of % are not sealed', month using errcode = 'MD005';
  end if;
  insert into audit_retired (kind, month, rows) values ('look', month, gone);
  execute format('drop table %I', leaf);
end $$;

call guard('act', auditor => true);
call guard('act_answer');
call guard('look', auditor => true);
call guard('audit_batch', auditor => true);
call guard('audit_root', auditor => true);
call guard('audit_retired', auditor => true);
-- What seals the trail reads it and adds to the chain; what counts for the public reads no account and nobody's name.
create policy jobs_all on act to {{jobs}} using (true);
create policy jobs_all on look to {{jobs}} using (true);
create policy jobs_all on audit_batch to {{jobs}} using (true) with check (true);
create policy jobs_all on audit_root to {{jobs}} using (true) with check (true);
create policy jobs_all on audit_retired to {{jobs}} using (true);
grant select on act, look, audit_batch, audit_root, audit_retired to {{jobs}};
grant insert on audit_batch, audit_root to {{jobs}};
revoke insert on audit_batch, audit_root, audit_retired from {{system}};
create policy statistics_all on look to {{statistics}} using (true);
grant select (at, query, purpose, matter, listed, refused) on look to {{statistics}};
call guard('run', auditor => true);
call guard('outbox');
call guard('number_series');
grant select on city to {{system}}, {{staff}}, {{person}}, {{employer}}, {{auditor}}, {{bulk}}, {{jobs}}, {{statistics}};
grant select, insert on simulation, simulated_month to {{system}};
grant insert, update (clock) on city to {{system}};
grant update (state, done, total, touched, note) on run to {{system}};
grant update (sent) on outbox to {{system}};
grant update (last) on number_series to {{system}};
grant usage on sequence act_id, look_id to {{system}};
