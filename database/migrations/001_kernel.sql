-- The kernel's own tables: the city, its clock, the acts, long runs, the outbox.
-- Names in double braces (schema and roles) are filled in by `migrate`; each file runs in one transaction as the migrate role.

-- The key by which the application signs whose eyes a transaction has. No role but the owner reads it.
create table reach_key (inner_key bytea not null, outer_key bytea not null);
insert into reach_key select string_agg(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), ''),
  string_agg(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), '') from generate_series(1, 2);
-- Whether the role and the range that this transaction says it has were given to it by the application, on this very connection. Asked
-- once a statement by every policy, as a sub-select: what it costs is told in docs/reference/performance.md.
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
    execute format(
      'create policy staff_area on %I to {{staff}} using ((select reach_signed()) and %I >= nullif(current_setting(''app.area_lo'', true), '''')::bigint
        and %I <= nullif(current_setting(''app.area_hi'', true), '''')::bigint)', target, staff, staff);
    execute format('grant select on %I to {{staff}}', target);
  end if;
  if person is not null then
    execute format(
      'create policy own_person on %I to {{person}} using ((select reach_signed()) and %I = any (nullif(current_setting(''app.persons'', true), '''')::bigint[]))',
      target, person);
    execute format('grant select on %I to {{person}}', target);
  end if;
  if employer is not null then
    execute format(
      'create policy own_employer on %I to {{employer}} using ((select reach_signed()) and %I = nullif(current_setting(''app.employer'', true), '''')::bigint)',
      target, employer);
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

-- Every change of state. The id is the recorded order: "known" ranges are made of it, not of moments.
create sequence act_id;
create table act (
  id bigint primary key,
  at timestamp not null,
  wall timestamptz not null default clock_timestamp(),
  account_id bigint not null,
  command text not null,
  purpose text not null,
  parent bigint,
  key text,
  input_hash text,
  -- Public identifiers of what was acted on, never personal data.
  subject jsonb not null default '{}'
);
create unique index act_once on act (account_id, key) where key is not null;
create index act_by_at on act (at, id);

-- What a command with an idempotency key answered, to answer a repeat with the same.
create table act_answer (act bigint primary key, body jsonb not null);

-- Every look at a person's or an employer's data, recorded before the answer leaves.
create table look (
  id bigint generated always as identity primary key,
  at timestamp not null,
  wall timestamptz not null default clock_timestamp(),
  account_id bigint not null,
  query text not null,
  purpose text not null,
  person_id bigint,
  employer_id bigint,
  listed int
);
create index look_by_person on look (person_id, id) where person_id is not null;

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

call guard('act', auditor => true);
call guard('act_answer');
call guard('look', auditor => true);
call guard('run', auditor => true);
call guard('outbox');
call guard('number_series');
grant select on city to {{system}}, {{staff}}, {{person}}, {{employer}}, {{auditor}}, {{bulk}};
grant select, insert on simulation, simulated_month to {{system}};
grant insert, update (clock) on city to {{system}};
grant update (state, done, total, touched, note) on run to {{system}};
grant update (sent) on outbox to {{system}};
grant update (last) on number_series to {{system}};
grant usage on sequence act_id to {{system}};
