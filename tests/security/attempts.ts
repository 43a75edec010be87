import type { Login } from '../../src/kernel/database/index.ts';

/** Something that somebody with a log-in's connection tries, as one of the roles that it may become. */
export interface Attempt {
  readonly name: string;
  readonly login: Login;
  /** Without one: as the log-in itself. */
  readonly role?: string;
  readonly sql: string;
  /** What the server says. */
  readonly refused: RegExp;
}

const denied = /permission denied/;
const owner = /must be (the )?owner|permission denied/;

/** Attempts of one kind: name, log-in, role (`-`: none), SQL, what the server says unless it is the kind's own word. */
function kind(
  refused: RegExp,
  rows: readonly (readonly [string, Login, string, string, RegExp?])[],
): readonly Attempt[] {
  return rows.map(([name, login, role, sql, other]) => ({
    name,
    login,
    ...(role === '-' ? {} : { role }),
    sql,
    refused: other ?? refused,
  }));
}

/** Turning row-level security off, or round it. */
export const policyAttempts = kind(owner, [
  ['disable', 'app', 'system', 'alter table bill disable row level security'],
  ['unforce', 'app', 'system', 'alter table bill no force row level security'],
  ['drop policy', 'app', 'system', 'drop policy staff_area on bill'],
  ['alter policy', 'app_staff', 'staff', 'alter policy staff_area on bill using (true)'],
  ['create policy', 'app_staff', 'staff', 'create policy mine on bill using (true)'],
  ['trigger off', 'app', 'system', 'alter table posting disable trigger all'],
  ['drop trigger', 'app', 'system', 'drop trigger posting_check on posting'],
  ['own the table', 'app', 'system', 'alter table bill owner to c430400_system'],
  ['own all', 'app', 'system', 'reassign owned by c430400_owner to c430400_system'],
  ['grant oneself', 'app_staff', 'staff', 'grant select on bill_section_200801 to c430400_staff'],
  ['replace the check', 'app', 'system', 'alter function reach_signed() owner to c430400_system'],
  ['open the view', 'app_staff', 'staff', 'alter view entry set (security_invoker = false)'],
  [
    'default rights',
    'app',
    '-',
    'alter default privileges for role c430400_owner grant all on tables to public',
  ],
  ['bypass', 'app', '-', 'alter role c430400_app bypassrls', denied],
  ['superuser', 'app_staff', '-', 'alter role c430400_app_staff superuser', denied],
  ['replica', 'app', 'system', 'set session_replication_role = replica', denied],
  [
    'no triggers by parameter',
    'app',
    'system',
    "set local session_preload_libraries = 'x'",
    /permission denied|cannot be changed/,
  ],
  [
    'unfiltered or nothing',
    'app_staff',
    'staff',
    'set local row_security = off; select count(*) from bill',
    /would be affected by row-level security/,
  ],
]);

/** Making things of one's own. */
export const makingAttempts = kind(denied, [
  ['table', 'app', 'system', 'create table mine (x int)'],
  ['table of a select', 'app_staff', 'staff', 'create table mine as select * from bill'],
  ['temporary table', 'app', 'system', 'create temporary table bill (id int)'],
  ['temporary table as the log-in', 'app_staff', '-', 'create temporary table bill (id int)'],
  [
    'temporary function',
    'app_staff',
    '-',
    "create function pg_temp.f() returns int language sql as 'select 1'",
  ],
  ['temporary view', 'app', 'system', 'create temporary view period_lock as select 1 as period'],
  ['schema', 'app', '-', 'create schema mine'],
  ['in public', 'app', '-', 'create table public.mine (x int)'],
  [
    'function',
    'app',
    'system',
    "create function f() returns int language sql security definer as 'select 1'",
  ],
  [
    'the check anew',
    'app',
    'system',
    "create or replace function reach_signed() returns boolean language sql as 'select true'",
  ],
  ['view', 'app', 'system', 'create view mine as select * from reach_key'],
  [
    'materialized view',
    'app_staff',
    'staff',
    'create materialized view mine as select * from bill',
  ],
  [
    'trigger',
    'app',
    'system',
    'create trigger mine before insert on bill for each row execute function append_only()',
  ],
  ['rule', 'app', 'system', 'create rule mine as on insert to bill do instead nothing', owner],
  [
    'event trigger',
    'app',
    '-',
    'create event trigger mine on ddl_command_end execute function append_only()',
  ],
  ['extension', 'app', '-', 'create extension dblink schema public'],
  ['foreign servers', 'app', '-', 'create extension postgres_fdw schema public'],
  [
    'trusted extension',
    'app',
    '-',
    'create extension pgcrypto schema public',
    /permission denied|not available/,
  ],
  [
    'language',
    'app',
    '-',
    'create extension plpython3u',
    /permission denied|not available|no schema/,
  ],
  [
    'publication',
    'app',
    '-',
    'create publication mine for all tables',
    /permission denied|must be superuser/,
  ],
  [
    'subscription',
    'app',
    '-',
    "create subscription mine connection 'host=x' publication y with (connect = false)",
    /permission denied|must be|pg_create_subscription/,
  ],
  ['type', 'app', 'system', 'create type mine as (x int)'],
  [
    'operator',
    'app',
    'system',
    'create operator === (leftarg = int, rightarg = int, function = int4eq)',
  ],
  ['cast', 'app', '-', 'create cast (bigint as text) with inout as implicit', /must be owner/],
  ['role', 'app', '-', 'create role mine superuser'],
  ['database', 'app', '-', 'create database mine', /cannot run inside|permission denied/],
  [
    'tablespace',
    'app',
    '-',
    "create tablespace mine location '/tmp'",
    /cannot run inside|permission denied/,
  ],
]);

/** The parts of the partitioned tables, by their own names. */
export const partAttempts = kind(denied, [
  ['persons’ months', 'app', 'system', 'select * from person_month_200801'],
  ['persons’ months, staff', 'app_staff', 'staff', 'select * from person_month_200801'],
  ['rosters', 'app_staff', 'staff', 'select * from roster_line_200801'],
  ['rosters, auditor', 'app_auditor', 'auditor', 'select * from roster_line_200801'],
  ['bills', 'app_employer', 'employer', 'select * from bill_section_200801'],
  ['books', 'app_auditor', 'auditor', 'select * from posting_200801'],
  ['acts', 'app_jobs', 'jobs', 'select * from act_default'],
  ['looks', 'app_jobs', 'statistics', 'select * from look_default'],
  ['looks, person', 'app_person', 'person', 'select * from look_default'],
  ['read as who may only write', 'app', 'bulk', 'select * from posting_200801'],
  ['taken out', 'app', 'system', 'alter table posting detach partition posting_200801', owner],
]);

/** Files of the server and other servers. */
export const outsideAttempts = kind(denied, [
  ['write a file', 'app', 'system', "copy bill to '/tmp/bill.csv'"],
  ['write a query’s rows', 'app_staff', 'staff', "copy (select * from bill) to '/tmp/bill.csv'"],
  ['run a program', 'app', 'system', "copy (select 1) to program 'id'"],
  ['read from a program', 'app', 'system', "copy journal from program 'id'"],
  ['read a file', 'app', 'system', "copy journal from '/etc/passwd'"],
  ['read a file, function', 'app', 'system', "select pg_read_file('/etc/passwd')"],
  ['read its bytes', 'app_staff', 'staff', "select pg_read_binary_file('PG_VERSION')"],
  ['list a folder', 'app', 'system', "select pg_ls_dir('.')"],
  ['a file as large object', 'app', 'system', "select lo_import('/etc/passwd')"],
  ['a large object as file', 'app', 'system', "select lo_export(1, '/tmp/x')"],
  ['the log', 'app', 'system', 'select * from pg_ls_logdir()'],
  ['another server', 'app', 'system', "select dblink_connect('host=x')", /does not exist/],
  ['load a library', 'app', 'system', "load '/tmp/x'", /permission denied|access to library/],
  [
    'change a setting for good',
    'app',
    '-',
    "alter system set log_statement = 'all'",
    /permission denied|cannot run inside/,
  ],
  ['copy in past the policies', 'app_staff', 'staff', 'copy bill from stdin'],
]);

/** Numbers that the database gives out. */
export const numberAttempts = kind(denied, [
  ['draw', 'app_staff', 'staff', "select nextval('act_id')"],
  ['draw a person’s', 'app_employer', 'employer', "select nextval('person_id_seq')"],
  ['set', 'app', 'system', "select setval('act_id', 1)"],
  ['read how many', 'app_person', 'person', 'select last_value from act_id'],
  ['read one’s last', 'app_auditor', 'auditor', "select currval('look_id')"],
  ['restart', 'app', 'system', 'alter sequence act_id restart', owner],
  ['a bulk writer draws', 'app', 'bulk', "select nextval('journal_id')"],
]);

/** Functions that run as the owner, or that only the migrating user calls. */
export const functionAttempts = kind(denied, [
  ['make a month’s parts', 'app', 'system', 'call make_leaf(199001)'],
  ['make the trail’s parts', 'app', 'system', 'call make_audit_leaf(199001)'],
  ['guard anew', 'app', 'system', "call guard('bill', staff => 'id')"],
  ['finish a month', 'app_staff', 'staff', 'call finish_person_month(200801)'],
  ['call a trigger', 'app', 'system', 'select refuse_overlap()'],
  ['ask for the check alone', 'app_staff', 'staff', 'select reach_signed()'],
  ['another role’s range', 'app_person', 'person', 'select reach_areas()'],
  ['anybody’s files', 'app_person', 'person', 'select person_files(1)'],
  ['anybody’s conflicts', 'app_staff', 'staff', 'select conflicts_of(1)'],
]);

/** Keys, passwords, sessions, and what stands beside them. */
export const secretAttempts = kind(denied, [
  ['the mark’s key', 'app', 'system', 'select * from reach_key'],
  ['the mark’s key as staff', 'app_staff', 'staff', 'select * from reach_key'],
  ['the mark’s key, whole row', 'app', 'system', 'select reach_key from reach_key'],
  ['the address key', 'app_staff', 'staff', 'select * from sign_in_key'],
  ['password hashes', 'app_auditor', 'auditor', 'select password_hash from account'],
  ['log-in names', 'app_auditor', 'auditor', 'select login from account'],
  ['an account’s whole row', 'app_auditor', 'auditor', 'select account from account'],
  ['accounts as staff', 'app_staff', 'staff', 'select id from account'],
  ['sessions', 'app_staff', 'staff', 'select * from session'],
  ['sessions as what seals', 'app_jobs', 'jobs', 'select * from session'],
  ['who looked, as who counts', 'app_jobs', 'statistics', 'select account_id from look'],
  ['at whom', 'app_jobs', 'statistics', 'select person_id, persons from look'],
  ['proposals’ inputs', 'app_auditor', 'auditor', 'select input from proposal'],
  [
    'what the log-in itself sees',
    'app',
    '-',
    'select * from city',
    /does not exist|permission denied/,
  ],
]);

/** The server's own tables. */
export const catalogueAttempts = kind(denied, [
  ['password hashes of log-ins', 'app', 'system', 'select * from pg_authid'],
  ['the same by the view', 'app_staff', 'staff', 'select * from pg_shadow'],
  ['values in the statistics', 'app_staff', 'staff', 'select * from pg_statistic'],
  ['the access file', 'app', 'system', 'select * from pg_hba_file_rules'],
  ['settings in files', 'app', 'system', 'select * from pg_file_settings'],
  ['large objects’ bytes', 'app', 'system', 'select * from pg_largeobject'],
  [
    'end another log-in’s work',
    'app_staff',
    'staff',
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'c430400_app'",
  ],
  [
    'read the write-ahead log',
    'app',
    '-',
    "select * from pg_logical_slot_get_changes('x', null, null)",
  ],
  [
    'probe by a unique index',
    'app_staff',
    'staff',
    "insert into person_fact (person_id, area, name, initials, number, birth, sex, residence, valid, known) select 1, 1, 'x', 'x', '430499197001010339', '1970-01-01', 'male', 'urban', '[1970-01-01,)', '[1,)'",
  ],
]);

/** Changes of what was written; that no right to any exists is told by another test from the catalogue. */
export const rewritingAttempts = kind(denied, [
  ['an act', 'app', 'system', "update act set purpose = 'x'"],
  ['a look goes', 'app', 'system', 'delete from look'],
  ['all looks go', 'app', 'system', 'truncate look'],
  ['a batch of the chain', 'app_jobs', 'jobs', 'update audit_batch set rows = 0'],
  ['a day’s root goes', 'app_jobs', 'jobs', 'delete from audit_root'],
  [
    'a batch from elsewhere',
    'app',
    'system',
    "insert into audit_root values ('2008-01-01', 1, '')",
  ],
  ['a posting', 'app', 'bulk', 'update posting_200801 set amounts = amounts'],
  ['a wage', 'app_employer', 'employer', 'update roster_line set wage = 1'],
  ['one’s own area', 'app_staff', 'staff', 'update person_fact set area = area'],
  [
    'a grant of one’s own',
    'app_staff',
    'staff',
    "insert into access_grant (account_id, role, area_lo, area_hi, valid, reason, act) values (1, 'operator', 0, 9, '[2008-01-01,)', '', 1)",
  ],
  ['held for update', 'app_staff', 'staff', 'select * from bill for update'],
  ['a table locked', 'app_staff', 'staff', 'lock table bill in exclusive mode'],
  ['a name after the fact', 'app', 'system', "update person_fact set name = 'x'"],
  ['an account’s kind', 'app', 'system', "update account set kind = 'operator'"],
  ['a grant’s range', 'app', 'system', 'update access_grant set area_hi = 999999999999'],
]);
