/** One sample of Prometheus' text format. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|\})/;

/**
 * Reads Prometheus' text format 0.0.4, more strictly than Prometheus does: each metric has HELP, then TYPE, then all its samples, none
 * twice; the text ends with a line break.
 * @throws Error that names the line.
 */
export function parsePrometheus(text: string): Sample[] {
  if (!text.endsWith("\n")) throw new Error("it does not end with a line break");
  const samples: Sample[] = [];
  const seen = new Set<string>();
  const begun = new Set<string>();
  let metric = "";
  let isTyped = false;
  for (const [i, line] of text.slice(0, -1).split("\n").entries()) {
    const refuse = (why: string): Error => new Error(`line ${i + 1}: ${why}: ${line}`);
    const [, help] = /^# HELP (\S+) \S.*$/.exec(line) ?? [];
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (help !== undefined) {
      if (begun.has(help)) throw refuse("the metric was told of before");
      begun.add(help);
      [metric, isTyped] = [help, false];
    } else if (typed !== undefined) {
      if (typed !== metric || isTyped) throw refuse("TYPE does not follow its HELP");
      if (!["gauge", "counter", "histogram", "summary", "untyped"].includes(type ?? "")) throw refuse("no such type");
      isTyped = true;
    } else {
      const sample = parseSample(line, refuse);
      if (sample.name !== metric || !isTyped) throw refuse("the sample does not follow its TYPE");
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(key)) throw refuse("the sample is there twice");
      seen.add(key);
      samples.push(sample);
    }
  }
  return samples;
}

function parseSample(line: string, refuse: (why: string) => Error): Sample {
  const [name = ""] = NAME.exec(line) ?? [];
  if (name === "") throw refuse("no name");
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith("{")) {
    rest = rest.slice(1);
    for (let end = ""; end !== "}";) {
      const [whole, label = "", value = "", mark = ""] = LABEL.exec(rest) ?? [];
      if (whole === undefined) throw refuse("labels");
      if (label in labels) throw refuse(`label ${label} is there twice`);
      labels[label] = value.replace(/\\(.)/g, (_all, one: string) => (one === "n" ? "\n" : one));
      rest = rest.slice(whole.length);
      end = mark;
    }
  }
  const [, number] = /^ (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/.exec(rest) ?? [];
  if (number === undefined) throw refuse("value");
  return { name, labels, value: Number(number.replace("Inf", "Infinity")) };
}
