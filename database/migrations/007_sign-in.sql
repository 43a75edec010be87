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
