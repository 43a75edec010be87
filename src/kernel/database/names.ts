/** The kinds of actor, each with a database role of its own. */
export const actorRoles = ['staff', 'person', 'employer', 'auditor', 'system'] as const;
export type ActorRole = (typeof actorRoles)[number];

/** Every role of a city: the actors', bulk (INSERT into leaves), owner (migrate), app (the log-in). */
export const cityRoles = [...actorRoles, 'bulk', 'owner', 'app'] as const;
export type CityRole = (typeof cityRoles)[number];

/** The city's schema: `c430400`. A city refers to nothing outside it. */
export function schemaOf(city: string): string {
  if (!/^\d{6}$/.test(city)) throw new RangeError(`not a city code: ${city}`);
  return `c${city}`;
}

/** Roles belong to the server, so their names carry the city. */
export function roleName(city: string, role: CityRole): string {
  return `${schemaOf(city)}_${role}`;
}
