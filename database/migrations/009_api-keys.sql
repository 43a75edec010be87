-- Keys by which an employer's software asks the interface in its stead. Each has an account for the trail, which nobody signs in to.
create table api_key (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  account_id bigint not null unique references account,
  employer_id bigint not null,
  -- Who answers for it: the key may never do more than he may, and nothing once his account ended.
  created_by bigint not null references account,
  parts text[] not null check (cardinality(parts) > 0),
  -- Its first characters, by which it is recognised; of the rest the store has the hash alone.
  prefix text not null,
  key_hash bytea not null unique,
  -- The one before a rotation, until the software everywhere has the new one.
  former_hash bytea,
  former_until timestamptz,
  -- Last business day.
  until date not null,
  made timestamp not null,
  used timestamptz,
  ended timestamptz,
  act bigint not null
);
create index api_key_by_former on api_key (former_hash) where former_hash is not null;
create index api_key_by_employer on api_key (employer_id, id);

call guard('api_key');
grant update (prefix, key_hash, former_hash, former_until, until, used, ended) on api_key to {{system}};
