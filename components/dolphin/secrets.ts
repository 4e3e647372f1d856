import * as pulumi from "@pulumi/pulumi";
import { parseConfigLines } from "../../provider/resources/dolphin/config-lines";
import { isSecretField } from "../validation";

/** The text of a .cfg file, as a secret where a key of it says that its value is one. */
export const withSecrets = (text: string): pulumi.Input<string> =>
  parseConfigLines(text.split("\n")).some(([key]) => isSecretField(key)) ? pulumi.secret(text) : text;
