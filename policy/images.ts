import { resourcePolicy, type Finding, type Setting } from "./policy";
import { CONTAINER } from "./resource";

const TAGGED: Setting<string[]> = {
  default: [],
  schema: {
    type: "array",
    items: { type: "string" },
    description: 'Beginnings of references that may be given by a tag, like "registry.example.com/fixed/".',
  },
};

const RULE = "a tag may mean another image tomorrow, and on another host";

/** What is tested is what runs, on every host. */
export const pinnedImages = resourcePolicy(
  {
    name: "pinned-images",
    description: "Images are given by tarball, ID or digest, never by a tag alone.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "Write references as NAME:TAG@sha256:… (docker buildx imagetools inspect NAME:TAG shows it).",
  },
  { tagged: TAGGED },
  ({ type, props }, { tagged }) => {
    const { image, reference, name } = props as Partial<Record<"image" | "reference" | "name", unknown>>;
    const judge = (field: string, given: unknown): Finding[] => {
      if (typeof given !== "string" || isPinned(given) || tagged.some((start) => given.startsWith(start))) return [];
      return [{ found: `${field} = ${given}`, rule: RULE, fix: `write it as ${given}@sha256:…, or give a tarball` }];
    };
    if (type === CONTAINER) return judge("image", image);
    if (type === "dbha:index:Image") return judge("reference", reference);
    if (type === "docker:index/remoteImage:RemoteImage") return judge("name", name);
    return [];
  },
);

const isPinned = (image: string): boolean => /^sha256:|@sha256:/.test(image);
