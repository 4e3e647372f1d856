import { z } from "zod";
import { Host } from "./host";
import { sentence } from "./validation";

/** The schema of an argument that is a host. */
export const hostSchema = z.custom<Host>((value) => value instanceof Host, {
  message: sentence("must be a Host", "create it with new Host(name, { address, hostKeys })"),
});
