import { z } from "zod";
import { address, flag, hostPath, nonEmpty, port } from "../rules";
import { setting, settings } from "../validation";

/** A database's name. */
export const databaseName = (example: string): z.ZodType<string> =>
  setting(
    z.string().regex(/^[A-Za-z0-9_$]{1,64}$/),
    "must be a database name: letters, digits, _ and $",
    `write it like "${example}"`,
  );

/**
 * Fields of a MetaDB, one by one, since each may be an Output that is checked when it is known.
 * @param username an example of a user's name.
 */
export const connectionFields = (username: string) => ({
  host: address,
  port,
  username: setting(
    z.string().regex(/^[^\s@#]+(@[^\s@#]+(#[^\s@#]+)?)?$/),
    "must be a database user, in OceanBase user@tenant#cluster",
    `write it like "${username}"`,
  ),
  password: nonEmpty("the password of the MetaDB user"),
});

/** Backups of a MetaDB. */
export const backupSettings = (directory: string) =>
  settings({
    directory: hostPath.default(directory),
    keep: setting(
      z.number().int().min(1).max(1000),
      "must be a whole number of backups from 1 to 1000",
      "give how many to keep, like 5",
    ).default(5),
    keepOnDestroy: flag.default(true),
  }).prefault({});

/** The way back to a backup. */
export const rollbackSettings = () =>
  settings({
    backup: setting(
      z.string().regex(/^\/[^\s:]+\.sql\.gz$/),
      "must be the absolute path of a backup, a .sql.gz file on the first node's host",
      "take one from the output backups",
    ),
  }).optional();
