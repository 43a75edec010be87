/** The kinds of actor, each with a database role of its own. */
export const actorRoles = ['staff', 'person', 'employer', 'auditor', 'system'] as const;
export type ActorRole = (typeof actorRoles)[number];

/** What works without an actor: what seals the audit trail and sends messages, and what counts for the public. */
const workRoles = ['jobs', 'statistics'] as const;
export type WorkRole = (typeof workRoles)[number];

/**
 * Log-ins of the application and the roles that each may become. What commands run under may become every actor's and `system`; a
 * query's own statements go by a log-in that may become its asker's role and no other.
 */
export const logins = {
  app: [...actorRoles, 'bulk'],
  app_staff: ['staff'],
  app_person: ['person'],
  app_employer: ['employer'],
  app_auditor: ['auditor'],
  app_jobs: workRoles,
} as const satisfies Readonly<Record<string, readonly (ActorRole | WorkRole | 'bulk')[]>>;
export type Login = keyof typeof logins;
export const loginNames = Object.keys(logins) as Login[];

/** Every role of a city: the actors', bulk (INSERT into leaves), jobs, statistics, owner (migrate), and the log-ins. */
export const cityRoles = [...actorRoles, 'bulk', ...workRoles, 'owner', ...loginNames] as const;
export type CityRole = (typeof cityRoles)[number];

/** The log-in by which a query's statements of a role go. */
export function loginOf(role: ActorRole | WorkRole | 'bulk'): Login {
  if (role === 'system' || role === 'bulk') return 'app';
  return role === 'jobs' || role === 'statistics' ? 'app_jobs' : `app_${role}`;
}

/** The city's schema: `c430400`. A city refers to nothing outside it. */
export function schemaOf(city: string): string {
  if (!/^\d{6}$/.test(city)) throw new RangeError(`not a city code: ${city}`);
  return `c${city}`;
}

/** Roles belong to the server, so their names carry the city. */
export function roleName(city: string, role: CityRole): string {
  return `${schemaOf(city)}_${role}`;
}
