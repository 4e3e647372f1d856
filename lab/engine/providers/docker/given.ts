import { isObject, type Value, type Values } from "../../provider";

/** Typed access to properties, where null, unknown and "" count as not given. */
export class Given {
  constructor(private readonly values: Values) {}

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.values[name];
    return typeof value === "number" ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.values[name];
    return typeof value === "boolean" ? value : undefined;
  }

  texts(name: string): string[] | undefined {
    const value = this.values[name];
    return Array.isArray(value) && value.length > 0 ? (value as string[]) : undefined;
  }

  map(name: string): Record<string, string> | undefined {
    const value = this.values[name];
    return isObject(value) ? (value as Record<string, string>) : undefined;
  }

  /** The value as it is; null where there is none. */
  value(name: string): Value {
    return this.values[name] ?? null;
  }

  names(): string[] {
    return Object.keys(this.values);
  }

  object(name: string): Given | undefined {
    const value = this.values[name];
    return isObject(value) ? new Given(value) : undefined;
  }

  objects(name: string): Given[] {
    const value: Value = this.values[name] ?? [];
    return Array.isArray(value) ? value.filter(isObject).map((item) => new Given(item)) : [];
  }
}
