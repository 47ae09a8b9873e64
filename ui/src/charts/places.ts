// Where flags are drawn that would cover each other.

/** Places so far apart that none covers another: to the right of where they belong, or to the left where there is no room. */
export function apart(places: readonly number[], distance: number, end: number): number[] {
  const order = places.map((_, index) => index).sort((a, b) => places[a]! - places[b]!);
  const moved = [...places];
  order.forEach((index, rank) => rank > 0 && (moved[index] = Math.max(moved[index]!, moved[order[rank - 1]!]! + distance)));
  let limit = end;
  for (const index of order.reverse()) limit = (moved[index] = Math.min(moved[index]!, limit)) - distance;
  return moved;
}
