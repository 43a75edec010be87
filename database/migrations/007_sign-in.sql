-- Second factors and what signing in takes in between.

-- A sign-in that waits for its second factor: the password was right, and that is all.
create table sign_in_half (
  token_hash bytea primary key,
  account_id bigint not null references account,
  expires timestamptz not null
);

-- One-time codes by time (RFC 6238).
create table totp (
  account_id bigint primary key references account,
  -- As keepSecret writes it.
  secret text not null,
  -- Null: shown, and no code of it was given yet.
  confirmed timestamptz,
  -- The last 30-second step whose code was taken: it and earlier ones are burnt.
  last_step bigint not null default 0
);
create table recovery_code (
  account_id bigint not null references account,
  code_hash bytea not null,
  used timestamptz,
  primary key (account_id, code_hash)
);

call guard('sign_in_half');
call guard('totp');
call guard('recovery_code');
grant delete on sign_in_half, totp, recovery_code to {{system}};
grant update (secret, confirmed, last_step) on totp to {{system}};
grant update (used) on recovery_code to {{system}};

-- Passkeys (WebAuthn): the public half of a key that stays in somebody's device.
create table passkey (
  -- As the device names it.
  id text primary key,
  public_id text not null unique,
  account_id bigint not null references account,
  public_key bytea not null,
  -- How often the device says that it was used: one that goes back is a copy.
  counter bigint not null,
  transports text[] not null,
  name text not null,
  made timestamptz not null default clock_timestamp(),
  used timestamptz
);
create index passkey_by_account on passkey (account_id);
-- What a device is asked to sign, each once.
create table passkey_challenge (
  challenge_hash bytea primary key,
  -- Null: whoever signs in.
  account_id bigint references account,
  expires timestamptz not null
);

call guard('passkey');
call guard('passkey_challenge');
grant update (counter, used), delete on passkey to {{system}};
grant delete on passkey_challenge to {{system}};

-- A code handed over at a window, by which a person sets the password of the own account: one at a time, once.
create table activation (
  account_id bigint primary key references account,
  code_hash bytea not null,
  expires timestamptz not null,
  tries int not null default 0,
  act bigint not null
);

call guard('activation');
grant update (code_hash, expires, tries, act), delete on activation to {{system}};

-- Messages wait in the outbox until a sender took them. Null: of no act, as a lock after wrong tries.
alter table outbox alter column act drop not null;
alter table outbox add column attempts int not null default 0;
alter table outbox add column due timestamptz not null default clock_timestamp();
alter table outbox add column given_up timestamptz;
alter table outbox add column made timestamptz not null default clock_timestamp();
create index outbox_waiting on outbox (due) where sent is null and given_up is null;
create index message_by_account on outbox (((body ->> 'account')::bigint), id) where kind = 'message';
-- Where messages go beside the pages; null: nowhere.
alter table account add column email text;
-- Whether its owner was told of the lock.
alter table sign_in_login add column told boolean not null default false;
grant update (attempts, due, given_up) on outbox to {{system}};
grant update (email) on account to {{system}};
grant update (told) on sign_in_login to {{system}};

-- Sign-ins that were sent to the bureau's own provider and have not come back.
create table provider_try (
  state_hash bytea primary key,
  nonce text not null,
  verifier text not null,
  next text not null,
  -- Whether who sits there must show again who he is.
  fresh boolean not null,
  expires timestamptz not null
);

call guard('provider_try');
grant delete on provider_try to {{system}};
