import { z } from "zod";
import { account, mode } from "./fields";
import { fileFormats, type FileFormat } from "./file-format";

/** What a file is given beyond its path and its content. */
export const fileDefaults = { mode: "0644", owner: "root", group: "root" };

/** Those inputs when they are checked. */
export type FileFields = {
  mode: string;
  owner: string;
  group: string;
  inPlace?: boolean;
  format?: FileFormat;
  validate?: string;
  onChange?: string;
};

/** The inputs of a file beyond its path and its content. */
export const fileFields = {
  mode: mode().default(fileDefaults.mode).describe("Permission bits, octal."),
  owner: account().default(fileDefaults.owner).describe("User that owns the file."),
  group: account().default(fileDefaults.group).describe("Group of the file."),
  inPlace: z
    .boolean("inPlace is true or false")
    .optional()
    .describe("True writes into the file that is there, for one that a container has mounted. Default: false."),
  format: z
    .enum(fileFormats, 'format is "yaml" or "parameters", or left out')
    .optional()
    .describe("yaml and parameters (lines of key=value) compare by what the text says, not byte by byte."),
  validate: z
    .string("validate is a shell command")
    .optional()
    .describe("Shell command that must accept $DBHA_FILE before the swap."),
  onChange: z.string("onChange is a shell command").optional().describe("Shell command run after every swap."),
};
