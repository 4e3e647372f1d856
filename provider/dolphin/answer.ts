import { z } from "zod";
import { DolphinRefused } from "./refusal";

/** A value of one cell; `null` is the engine's NULL. */
export type DolphinScalar = string | number | boolean | null;

/** A table, column by column. */
export type DolphinColumns = Record<string, DolphinScalar[]>;

/** What the engine answers, by its form. */
export type DolphinValue =
  | { form: "void" }
  | { form: "scalar"; value: DolphinScalar }
  | { form: "vector"; value: DolphinScalar[] }
  | { form: "dict"; value: Record<string, DolphinScalar> }
  | { form: "table"; rows: number; columns: DolphinColumns };

/** An answer that is no refusal. */
export interface DolphinAnswer {
  /** For the next request to the same node. */
  session: string;
  value: DolphinValue;
}

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const vector = z.object({ name: z.string().default(""), type: z.string(), value: z.array(cell) });
const whole = z.object({
  sessionID: z.union([z.string(), z.number()]).transform(String),
  resultCode: z.union([z.string(), z.number()]).transform(String),
  msg: z.string().default(""),
  object: z.array(z.looseObject({ form: z.string() })).default([]),
});
const forms = {
  scalar: z.object({ type: z.string(), value: cell.optional() }),
  vector,
  table: z.object({ size: z.union([z.string(), z.number()]).transform(Number), value: z.array(vector) }),
  dict: z.object({ value: z.tuple([vector, vector]) }),
};

/**
 * Reads the answer to a request.
 * @throws DolphinRefused with what the engine said; Error when it is no answer of DolphinDB's JSON interface
 */
export function parseAnswer(text: string): DolphinAnswer {
  const answer = whole.safeParse(json(text));
  if (!answer.success) throw new Error(`no answer of DolphinDB's JSON interface: ${shown(text)}`);
  const { sessionID, resultCode, msg, object } = answer.data;
  if (resultCode !== "0") throw new DolphinRefused(msg.trim().replaceAll(/\s*\n\s*/g, " "));
  return { session: sessionID, value: valueOf(object[0]) };
}

/** What cannot be read is not shown: it may be configuration, with secrets. */
function valueOf(object: { form: string } | undefined): DolphinValue {
  if (object === undefined) return { form: "void" };
  const form = object.form === "dictionary" ? "dict" : object.form;
  if (!(form in forms)) throw new Error(`a value of DolphinDB whose form is not known here, ${form}`);
  const parsed = forms[form as keyof typeof forms].safeParse(object);
  if (!parsed.success) throw new Error(`a ${form} of DolphinDB that cannot be read`);
  switch (form) {
    case "scalar": {
      const { type, value } = parsed.data as z.output<typeof forms.scalar>;
      return type === "void" ? { form: "void" } : { form, value: scalar(type, value ?? null) };
    }
    case "vector":
      return { form, value: cells(parsed.data as z.output<typeof vector>) };
    case "table": {
      const { size, value } = parsed.data as z.output<typeof forms.table>;
      const columns = value.map((one) => [one.name, cells(one)] as const);
      const short = columns.find(([, column]) => column.length !== size);
      if (short !== undefined)
        throw new Error(`a table of ${size} rows whose column ${short[0]} has ${short[1].length}`);
      return { form, rows: size, columns: Object.fromEntries(columns) };
    }
    default: {
      const [keys, values] = (parsed.data as z.output<typeof forms.dict>).value.map(cells) as [
        DolphinScalar[],
        DolphinScalar[],
      ];
      const pairs = keys.map((key, i): [string, DolphinScalar] => [String(key), values[i] ?? null]);
      return { form: "dict", value: Object.fromEntries(pairs) };
    }
  }
}

const cells = ({ type, value }: z.output<typeof vector>): DolphinScalar[] => value.map((one) => scalar(type, one));

const NUMBERS = new Set(["char", "short", "int", "long", "float", "double"]);
/** NULL of whole numbers is the least one of their type. */
const NULLS: Record<string, number> = { bool: -128, char: -128, short: -32768, int: -(2 ** 31), long: -(2 ** 63) };

/** Scalars come as texts, cells of vectors as what JSON has for them. */
function scalar(type: string, value: DolphinScalar): DolphinScalar {
  const isNumber = NUMBERS.has(type);
  if (value === null || ((isNumber || type === "bool") && value === "")) return null;
  if (type === "bool" && typeof value === "string") return value === "1" || value.toLowerCase() === "true";
  const read = isNumber ? Number(value) : value;
  if (read === NULLS[type]) return null;
  return type === "bool" && typeof read === "number" ? read !== 0 : read;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const shown = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);

/** The rows of a table; undefined for anything else. */
export function rowsOf(value: DolphinValue): Record<string, DolphinScalar>[] | undefined {
  if (value.form !== "table") return undefined;
  const columns = Object.entries(value.columns);
  return Array.from({ length: value.rows }, (_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[row] ?? null])),
  );
}
