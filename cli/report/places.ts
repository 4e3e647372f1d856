import type { Change } from "./changes";
import { plain } from "./markdown";

/** Where a change is, in words. */
export const placeOf = ({ hosts }: Change): string => (hosts.length > 0 ? hosts.join(", ") : "on no host of its own");

/** Changes under the names of their places, in the order given. */
export const byPlace = (places: string[], changes: Change[], render: (one: Change) => string[]): string[] =>
  places.flatMap((place) => [
    "",
    `**${plain(place)}**`,
    "",
    ...changes.filter((one) => placeOf(one) === place).flatMap(render),
  ]);
