-- On what paper: files in chunks, uploads with their stored preview, certificates.

create table file (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  name text not null,
  media text not null,
  bytes bigint not null,
  sha256 text not null,
  area bigint not null,
  employer_id bigint,
  act bigint not null
);
create table file_chunk (
  file_id bigint not null,
  seq int not null,
  area bigint not null,
  employer_id bigint,
  data bytea not null,
  primary key (file_id, seq)
);
-- Kept as it is: to press a large roster together takes longer than all its checks, and a workbook is pressed already.
alter table file_chunk alter column data set storage external;

-- Papers that carry a code by which anybody can check them: certificates, and bills as they were printed.
create table certificate (
  id bigint generated always as identity primary key,
  code text not null unique,
  kind text not null check (kind in ('employer', 'person', 'bill')),
  area bigint not null,
  employer_id bigint,
  person_id bigint,
  body jsonb not null,
  sha256 text not null,
  act bigint not null
);

call guard('file', staff => 'area', employer => 'employer_id');
call guard('file_chunk', staff => 'area', employer => 'employer_id');
call guard('certificate', staff => 'area', person => 'person_id', employer => 'employer_id');
