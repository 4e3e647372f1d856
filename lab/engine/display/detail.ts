import type { Properties } from "../property";
import { isDeepStrictEqual } from "node:util";
import { changedProperties, isExplicit, paint, SIGNS } from "./rows";
import type { Row } from "./rows";
import { shortType } from "../urn";
import { renderChange, renderValue } from "./values";

/** Every changed resource with its properties, as `--diff` shows them. */
export function renderDetails(rows: Row[]): string[] {
  return rows.filter((row) => row.outcome !== "same" && isExplicit(row.state)).flatMap(renderRow);
}

function renderRow(row: Row): string[] {
  const { state, outcome, step } = row;
  const id = step.old?.id ?? state.id;
  const head = paint(outcome, ` ${SIGNS[outcome].padStart(2)} ${shortType(state.type)}: (${outcome})`);
  const identity = [...(id === "" ? [] : [`        [id=${id}]`]), `        [urn=${state.urn}]`];
  return [head, ...identity, ...renderProperties(row)];
}

function renderProperties({ state, outcome, step }: Row): string[] {
  const indent = "        ";
  if (outcome === "create" || !step.old || !step.new) {
    const names = Object.keys(state.inputs).sort();
    return names.map((name) => paint(outcome, `${indent}${name}: ${renderValue(state.inputs[name] ?? null, indent)}`));
  }
  const { old, new: next } = step;
  return changedProperties(step).flatMap(({ name }) =>
    renderChange(name, oldValue(old.inputs, old.outputs, next.inputs, name), next.inputs[name], indent),
  );
}

/** Where the inputs agree, the difference lies between what is there and what is wanted. */
function oldValue(
  inputs: Properties,
  outputs: Properties,
  news: Properties,
  name: string,
): Properties[string] | undefined {
  return isDeepStrictEqual(inputs[name], news[name]) ? outputs[name] : inputs[name];
}
