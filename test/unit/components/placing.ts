import * as pulumi from "@pulumi/pulumi";
import { valueOf } from "./mocks";

/** Where resources stand and what they wait for, by their names. */
export interface Placed {
  parent: string;
  /** Names of the resources in `dependsOn`, sorted. */
  after: string[];
  opts: pulumi.CustomResourceOptions;
}

const nameOf = (resource: pulumi.Resource): string => (resource as unknown as { __name: string }).__name;

/** A transformation that notes what programs ask for, and the notes, complete when all are registered. */
export function placing(): {
  transformations: pulumi.ResourceTransformation[];
  placed: () => Promise<Map<string, Placed>>;
} {
  const notes: Promise<[string, Placed]>[] = [];
  const note = async ({ name, opts }: pulumi.ResourceTransformationArgs): Promise<[string, Placed]> => {
    const { parent, dependsOn } = opts as { parent?: pulumi.Resource; dependsOn?: pulumi.Input<pulumi.Resource[]> };
    const waits = await valueOf(pulumi.output(dependsOn ?? []));
    const after = waits.map((one) => nameOf(one)).sort();
    return [name, { parent: parent ? nameOf(parent) : "", after, opts }];
  };
  const transformation = (args: pulumi.ResourceTransformationArgs): undefined => {
    notes.push(note(args));
  };
  return { transformations: [transformation], placed: async () => new Map(await Promise.all(notes)) };
}
