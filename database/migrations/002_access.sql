-- Areas, accounts, sessions, grants.

-- Our own 12-digit keys; the official code is a dated attribute of a name.
create table area (
  key bigint primary key check (key between 100000000000 and 999999999999),
  parent bigint references area,
  -- The last key below this area: its reach is key..last.
  last bigint not null,
  tier text not null check (tier in ('city', 'county', 'street', 'community')),
  valid daterange not null
);
create table area_name (
  area bigint not null references area,
  name text not null,
  code text not null,
  valid daterange not null,
  assumed boolean not null default false,
  exclude using gist (int8range(area, area, '[]') with &&, valid with &&)
);
create index area_by_code on area_name (code);
grant select on area, area_name to {{system}}, {{staff}}, {{person}}, {{employer}}, {{auditor}}, {{bulk}};
grant insert on area, area_name to {{system}};

create table account (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  kind text not null check (kind in ('person', 'employer', 'staff', 'auditor', 'operator', 'system')),
  -- Citizen number, credit or organisation code, or staff number, as typed at the door, in lower case.
  login text not null,
  name text not null,
  password_hash text,
  person_id bigint,
  employer_id bigint,
  demo boolean not null default false,
  -- The password was told by somebody else: nothing goes before a new one.
  password_told boolean not null default false,
  ended timestamptz,
  act bigint not null
);
create unique index account_login on account (login) where ended is null;

-- A session is a family of tokens that follow each other; the store keeps their hashes.
create table session (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  account_id bigint not null references account,
  -- How it was signed in.
  way text not null default 'password' check (way in ('password', 'code', 'recovery', 'passkey', 'activation', 'provider')),
  -- Coarse words for the device, never what the browser says of itself; empty: not known.
  device text not null default '',
  -- What binds forms to this session: it stays while tokens change.
  form_key text not null,
  started timestamptz not null default clock_timestamp(),
  seen timestamptz not null default clock_timestamp(),
  -- When who sits there last proved who he is.
  proved timestamptz not null default clock_timestamp(),
  idle interval not null default '30 minutes',
  expires timestamptz not null,
  ended timestamptz
);
create index session_by_account on session (account_id);

create table session_token (
  token_hash bytea primary key,
  session_id bigint not null references session,
  made timestamptz not null default clock_timestamp(),
  -- Whether it ever came back: what followed it may have been lost on the way.
  presented boolean not null default false,
  -- When a next one was given out.
  followed timestamptz,
  -- From when on it is a former one: shortly after, who presents it ends the session.
  replaced timestamptz
);
create index token_by_session on session_token (session_id) where replaced is null;

-- Tries to sign in from one network address within a window; the address as a hash under the store's own key.
create table sign_in_key (key bytea not null);
create table sign_in_address (
  address_hash bytea primary key,
  tries int not null,
  until timestamptz not null
);
-- Tries under one log-in, whether there is such an account or not: a lock tells nothing. The log-in as such a hash, too.
create table sign_in_login (
  login_hash bytea primary key,
  tries int not null,
  locked_until timestamptz,
  until timestamptz not null
);

-- A post (岗位) of an area: the roles that whoever holds it has there.
create table post (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  title text not null,
  roles text[] not null check (cardinality(roles) > 0),
  area_lo bigint not null,
  area_hi bigint not null,
  at timestamp not null,
  ended timestamp,
  reason text not null,
  act bigint not null
);
create index post_by_area on post (area_lo, area_hi);

create table access_grant (
  id bigint generated always as identity primary key,
  account_id bigint not null references account,
  role text not null,
  area_lo bigint not null,
  area_hi bigint not null,
  -- The post that gives it, when one does.
  post bigint references post,
  valid daterange not null,
  reason text not null,
  act bigint not null
);
create index grant_by_account on access_grant (account_id);

-- What somebody works on: the purpose of looks at the persons whom it concerns. An investigation is told to them when it is closed; an
-- emergency lets its account look beyond its own area until a moment of the wall clock, and is told at once.
create table matter (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  kind text not null check (kind in ('matter', 'investigation', 'emergency')),
  reason text not null,
  account_id bigint not null references account,
  area bigint not null,
  at timestamp not null,
  until timestamptz,
  act bigint not null,
  check ((kind = 'emergency') = (until is not null))
);
create index matter_by_account on matter (account_id, id);
create table matter_subject (
  matter bigint not null references matter,
  person_id bigint not null,
  primary key (matter, person_id)
);
create table matter_end (
  matter bigint primary key references matter,
  at timestamp not null,
  reason text not null,
  act bigint not null
);

-- Relatives whom a member of staff declared, by citizen number: a file of theirs is not for this account, whenever it comes to be.
create table relative (
  account_id bigint not null references account,
  number text not null,
  kind text not null check (kind in ('spouse', 'parent', 'child', 'sibling', 'other')),
  act bigint not null,
  primary key (account_id, number)
);

-- What a person says against a look at the file: its owner is who looks after personal data in the area where the look came from.
create table objection (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  look bigint not null,
  person_id bigint not null,
  area bigint not null,
  text text not null,
  at timestamp not null,
  due date not null,
  act bigint not null,
  unique (look, person_id)
);
create index objection_by_area on objection (area, due);
create table objection_answer (
  objection bigint primary key references objection,
  outcome text not null check (outcome in ('justified', 'not-justified')),
  text text not null,
  at timestamp not null,
  act bigint not null
);

-- Who acts for whom, in which parts, on which days; it ends before its last day when one of the two says so.
create table proxy (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  principal_id bigint not null,
  agent_id bigint not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  valid daterange not null,
  at timestamp not null,
  act bigint not null,
  check (principal_id <> agent_id)
);
create index proxy_by_principal on proxy (principal_id);
create index proxy_by_agent on proxy (agent_id);
create table proxy_end (
  proxy bigint primary key references proxy,
  at timestamp not null,
  act bigint not null
);

-- What one person asked for and others decide, in a city at work: four eyes, or three people where money leaves.
create table proposal (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  command text not null,
  input jsonb not null,
  account_id bigint not null references account,
  purpose text not null,
  area_lo bigint,
  area_hi bigint,
  hands smallint not null check (hands in (2, 3)),
  at timestamp not null,
  until timestamptz not null,
  act bigint not null
);
-- Each step of a proposal once: looked through by a second person, done by the last, or refused.
create table proposal_step (
  proposal bigint not null references proposal,
  step text not null check (step in ('reviewed', 'done', 'refused', 'withdrawn')),
  account_id bigint not null references account,
  at timestamp not null,
  note text not null default '',
  act bigint not null,
  primary key (proposal, step)
);
create index proposal_by_account on proposal (account_id, id);

-- Who did which part of a matter of money: who enters, who reviews and who pays are three people.
create table duty (
  matter text not null,
  part text not null check (part in ('enter', 'review', 'pay')),
  account_id bigint not null references account,
  act bigint not null,
  primary key (matter, part, account_id)
);

call guard('matter', auditor => true);
call guard('matter_subject');
call guard('matter_end', auditor => true);
call guard('relative');
call guard('proxy');
call guard('proxy_end');
call guard('objection');
call guard('objection_answer');
call guard('proposal', auditor => true);
call guard('proposal_step', auditor => true);
call guard('duty', auditor => true);
-- What was to be done is told by the input, which may hold a person's data.
revoke select on proposal from {{auditor}};
grant select (id, public_id, command, account_id, purpose, hands, at, until, act) on proposal to {{auditor}};
create policy statistics_all on matter to {{statistics}} using (true);
create policy statistics_all on matter_end to {{statistics}} using (true);
grant select (id, kind) on matter to {{statistics}};
grant select (matter) on matter_end to {{statistics}};
call guard('account', auditor => true);
call guard('session');
call guard('session_token');
call guard('sign_in_key');
call guard('sign_in_address');
call guard('sign_in_login');
call guard('post', auditor => true);
call guard('access_grant', auditor => true);
grant update (ended) on post to {{system}};
grant update (login, ended, password_hash, password_told, person_id) on account to {{system}};
grant update (seen, proved, ended) on session to {{system}};
grant update (presented, followed, replaced) on session_token to {{system}};
grant update (tries, until), delete on sign_in_address to {{system}};
grant update (tries, locked_until, until), delete on sign_in_login to {{system}};
insert into sign_in_key values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
grant update (valid) on access_grant to {{system}};
-- Passwords and login names (citizen numbers) are not the auditor's business.
revoke select on account from {{auditor}};
grant select (id, public_id, kind, name, ended) on account to {{auditor}};
