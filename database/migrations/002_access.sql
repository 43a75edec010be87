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

create table access_grant (
  id bigint generated always as identity primary key,
  account_id bigint not null references account,
  role text not null,
  area_lo bigint not null,
  area_hi bigint not null,
  valid daterange not null,
  reason text not null,
  act bigint not null
);
create index grant_by_account on access_grant (account_id);

call guard('account', auditor => true);
call guard('session');
call guard('session_token');
call guard('sign_in_key');
call guard('sign_in_address');
call guard('sign_in_login');
call guard('access_grant', auditor => true);
grant update (login, ended, password_hash, password_told) on account to {{system}};
grant update (seen, proved, ended) on session to {{system}};
grant update (presented, followed, replaced) on session_token to {{system}};
grant update (tries, until), delete on sign_in_address to {{system}};
grant update (tries, locked_until, until), delete on sign_in_login to {{system}};
insert into sign_in_key values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
grant update (valid) on access_grant to {{system}};
-- Passwords and login names (citizen numbers) are not the auditor's business.
revoke select on account from {{auditor}};
grant select (id, public_id, kind, name, ended) on account to {{auditor}};
