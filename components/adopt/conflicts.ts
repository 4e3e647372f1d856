import type { Conflict } from "../conflicts";
import { couldBeAnother, mustNotPull } from "../image-schema";

type Image = Parameters<typeof couldBeAnother>[0];

/**
 * What a deployment that takes over what is there cannot have, whichever it is.
 * @param images with the paths of their arguments.
 */
export function adoptionConflicts(images: [image: Image, path: PropertyKey[]][], rollback: unknown): Conflict[] {
  const found: Conflict[] = images.flatMap(([image, path]) =>
    couldBeAnother(image) ? [{ path: [...path, "pull"], ...mustNotPull }] : [],
  );
  if (rollback !== undefined)
    found.push({ path: ["rollback"], rule: "replaces what adopt keeps", fix: "take it over first, and go back then" });
  return found;
}
