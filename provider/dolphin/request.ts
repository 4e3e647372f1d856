/** What is posted to a node's JSON interface. */
export interface DolphinRequest {
  /** `/` for a new session, else `/` and the session. */
  path: string;
  body: string;
}

/** An argument of a function. The interface's form of other types is not known: say those in a script. */
export type DolphinArgument = string | number | readonly string[] | readonly number[];

/** The session of a first request; the answer to it has another one, which remembers who logged in. */
export const NEW_SESSION = "0";

/**
 * A call of a function.
 * @param session {@link NEW_SESSION}, or that of an earlier answer of the same node.
 * @param params by name, in the function's order.
 */
export function renderCall(
  session: string,
  functionName: string,
  params: Record<string, DolphinArgument>,
): DolphinRequest {
  const given = Object.entries(params).map(([name, value]) => ({ name, ...argument(value) }));
  return {
    path: session === NEW_SESSION ? "/" : `/${session}`,
    body: JSON.stringify({ sessionID: session, functionName, params: given }),
  };
}

/** A script, of which the answer has the last value. Nothing secret stands in it: scripts are logged. */
export const renderScript = (session: string, script: string): DolphinRequest =>
  renderCall(session, "executeCode", { script });

function argument(value: DolphinArgument): object {
  if (typeof value === "string") return { form: "scalar", type: "string", value };
  if (typeof value === "number") return { form: "scalar", type: numberType([value]), value: String(value) };
  const type = value.every((one) => typeof one === "string") ? "string" : numberType(value);
  return { form: "vector", type, size: String(value.length), value };
}

const LARGEST_INT = 2 ** 31 - 1;

function numberType(numbers: readonly number[]): "int" | "long" | "double" {
  if (!numbers.every((one) => Number.isSafeInteger(one))) return "double";
  return numbers.every((one) => Math.abs(one) <= LARGEST_INT) ? "int" : "long";
}
