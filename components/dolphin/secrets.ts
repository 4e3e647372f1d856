import * as pulumi from "@pulumi/pulumi";
import { type ConfigLine, parseConfigLines } from "../../provider/resources/dolphin/config-lines";
import { isSecretField } from "../secret-fields";

/** The text of a .cfg file, as a secret where a key of it says that its value is one. */
export const withSecrets = (text: string): pulumi.Input<string> =>
  parseConfigLines(text.split("\n")).some(([key]) => isSecretField(key)) ? pulumi.secret(text) : text;

/** Lines of a .cfg file as values by their keys, as secrets where those say so. */
export const parameterInputs = (lines: ConfigLine[]): Record<string, pulumi.Input<string>> =>
  Object.fromEntries(lines.map(([key, value]) => [key, isSecretField(key) ? pulumi.secret(value) : value]));

/** Parameters as they may be shown. */
export const shownParameters = (parameters: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, isSecretField(key) ? "[secret]" : value]));
