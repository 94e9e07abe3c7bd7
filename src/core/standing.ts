// May this reader be signed in? Asked where a session is made and wherever one is resolved, so it stands here once.

export interface Standing {
  isActive: boolean;
  banned: boolean;
  banExpires: Date | null;
}

/** A ban without an end lasts; one with an end lasts until then. `now` is in milliseconds since the epoch. */
export function standing(user: Standing, now: number): "good" | "inactive" | "banned" {
  if (!user.isActive) return "inactive";
  const banned = user.banned && (user.banExpires === null || user.banExpires.getTime() > now);
  return banned ? "banned" : "good";
}
