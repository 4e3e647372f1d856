import { dirname, join } from "node:path";
import * as ts from "typescript";
import { isSecretField } from "../components/secret-fields";

const root = join(__dirname, "..");
const entry = join(root, "components", "construct", "table.ts");

type Json = Record<string, unknown>;

/** Names in the schema where those of the interfaces are taken there by something else. */
const renamed: Record<string, string> = {
  DolphinCheck: "DolphinTrial",
  DolphinServer: "DolphinServerPackage",
  ImageSource: "ContainerImage",
  ImageTarballs: "ContainerImageTarballs",
};

/** Types that the plugin's own resources have already. */
const known = ["BastionData", "HostData", "HttpProbe", "TcpProbe"];

/**
 * The part of the plugin's schema that tells of components: what their constructors take, and their outputs, with the comments in the
 * source. What other languages cannot give, functions and resources of any kind, is left out.
 */
export function componentsSchema(): { resources: Json; types: Json } {
  const program = ts.createProgram([entry], compilerOptions());
  return new Reader(program.getTypeChecker()).read(program.getSourceFile(entry) as ts.SourceFile);
}

function compilerOptions(): ts.CompilerOptions {
  const file = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, dirname(file)).options;
}

class Reader {
  private readonly types = new Map<string, Json>();

  constructor(private readonly checker: ts.TypeChecker) {}

  read(table: ts.SourceFile): { resources: Json; types: Json } {
    const classes = this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(table) as ts.Symbol);
    const all = classes.find(({ name }) => name === "componentClasses") as ts.Symbol;
    const resources = this.checker
      .getTypeOfSymbol(all)
      .getProperties()
      .map((symbol) => [
        `dbha:index:${symbol.name}`,
        this.resource(this.checker.getTypeOfSymbol(symbol), symbol.name === "Host"),
      ]);
    const types = [...this.types].sort(([one], [other]) => (one < other ? -1 : 1));
    return { resources: Object.fromEntries(resources) as Json, types: Object.fromEntries(types) };
  }

  /** @param isReferred whether types refer to it: then it can refer to none, since Python's package would import each from the other. */
  private resource(type: ts.Type, isReferred: boolean): Json {
    const [signature] = type.getConstructSignatures() as [ts.Signature];
    const args = this.checker.getTypeOfSymbol(signature.parameters[1] as ts.Symbol);
    const instance = signature.getReturnType();
    const inputs = this.properties(args.getProperties(), isReferred);
    const isOutput = ({ declarations: [at] = [] }: ts.Symbol) => {
      if (at === undefined || !ts.isPropertyDeclaration(at) || at.getSourceFile().isDeclarationFile) return false;
      const isHidden = ts.getCombinedModifierFlags(at) & ts.ModifierFlags.NonPublicAccessibilityModifier;
      return !isHidden && /^(pulumi\.Output<|HostData$)/.test(at.type?.getText() ?? "");
    };
    const outputs = this.properties(instance.getProperties().filter(isOutput));
    return {
      isComponent: true,
      description: this.words(instance.symbol),
      inputProperties: inputs.properties,
      requiredInputs: inputs.required,
      properties: mapped(outputs.properties, withoutPlain),
      required: outputs.required,
    };
  }

  private properties(
    symbols: ts.Symbol[],
    withoutTypes = false,
  ): { properties: Record<string, Json>; required: string[] } {
    const properties: Record<string, Json> = {};
    const required: string[] = [];
    for (const symbol of symbols) {
      const { node, isInput, isOptional } = declared(symbol);
      const type = this.checker.getTypeFromTypeNode(node);
      let description = this.words(symbol);
      let spec = this.spec(type, isInput, description);
      if (spec === undefined) continue;
      if (withoutTypes && String(spec.$ref).startsWith("#/types/")) {
        const any = { $ref: "pulumi.json#/Any", plain: true };
        spec = { type: "object", additionalProperties: any, plain: true };
        const fields = type.getProperties().map(({ name }) => `\`${name}\``);
        description = `${description}\n\nFields: ${fields.join(", ")}`;
      }
      const isSecret = spec.type === "string" && (isSecretField(symbol.name) || /secret\b/.test(description));
      properties[symbol.name] = { ...spec, ...(isSecret && isInput && { secret: true }), description };
      if (!isOptional) required.push(symbol.name);
    }
    return { properties, required };
  }

  /** A type in Pulumi's form; undefined for one that has none. */
  private spec(type: ts.Type, isInput: boolean, description: string): Json | undefined {
    const plain = isInput ? {} : { plain: true };
    const { checker } = this;
    const kind = scalar(checker.getNonNullableType(type), description);
    if (kind !== undefined) return { type: kind, ...plain };
    const one = checker.getNonNullableType(type);
    if (checker.isArrayType(one)) {
      const items = this.spec(checker.getTypeArguments(one as ts.TypeReference)[0] as ts.Type, isInput, description);
      return items && { type: "array", items, ...plainWith(items) };
    }
    if (one.isUnion()) {
      const isAny = one.types.every((part) => scalar(part, "") !== undefined || part.flags & ts.TypeFlags.Null);
      return isAny ? { $ref: "pulumi.json#/Any", ...plain } : undefined;
    }
    const values = one.getStringIndexType();
    if (values !== undefined) {
      const additionalProperties = this.spec(values, isInput, description);
      return additionalProperties && { type: "object", additionalProperties, ...plainWith(additionalProperties) };
    }
    const symbol = one.symbol as ts.Symbol | undefined;
    if (symbol === undefined) throw new Error(`${checker.typeToString(one)} has no form in a schema: ${description}`);
    if (one.isClass()) return symbol.name === "Host" ? { $ref: "#/resources/dbha:index:Host", plain: true } : undefined;
    if (one.getCallSignatures().length > 0) return undefined;
    return this.named(one.aliasSymbol?.name ?? symbol.name, one);
  }

  private named(interfaceName: string, type: ts.Type): Json {
    const name = interfaceName.replace(/Args$/, "");
    const token = `dbha:index:${renamed[name] ?? name}`;
    const $ref = `#/types/${token}`;
    if (known.includes(name)) return { $ref, plain: true };
    if (!this.types.has(token)) {
      this.types.set(token, {});
      const body = this.properties(type.getProperties());
      this.types.set(token, { description: this.words(type.aliasSymbol ?? type.symbol), type: "object", ...body });
    }
    const { properties = {} } = this.types.get(token) as { properties?: Record<string, Json> };
    return { $ref, ...plainWith(...Object.values(properties)) };
  }

  /** The comment of a symbol as the packages' docs have it, with default and example. */
  private words(symbol: ts.Symbol): string {
    const prose = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    const tags = symbol.getJsDocTags(this.checker);
    const tag = (name: string, title: string) =>
      tags.filter((found) => found.name === name).map(({ text }) => `${title}: ${ts.displayPartsToString(text)}`);
    return [prose, ...tag("default", "Default"), ...tag("example", "Example")]
      .filter((part) => part !== "")
      .map((part) => part.replaceAll(/\{@link (\w+)\}/g, "`$1`").replaceAll(/(?<=\S)\n(?=\S)/g, " "))
      .join("\n\n");
  }
}

/** The type of a field as it was written, without Pulumi's wrapper. */
function declared(symbol: ts.Symbol): { node: ts.TypeNode; isInput: boolean; isOptional: boolean } {
  const { type, questionToken } = symbol.declarations?.[0] as ts.PropertySignature & { type: ts.TypeNode };
  const wrapped = ts.isTypeReferenceNode(type) && /^pulumi\.(Input|Output)$/.test(type.typeName.getText());
  const node = wrapped ? (type.typeArguments?.[0] as ts.TypeNode) : type;
  return { node, isInput: wrapped, isOptional: questionToken !== undefined || / undefined$/.test(node.getText()) };
}

function scalar(type: ts.Type, description: string): string | undefined {
  const parts = type.isUnion() ? type.types : [type];
  const all = (flag: ts.TypeFlags) => parts.every(({ flags }) => flags & flag);
  if (all(ts.TypeFlags.StringLike)) return "string";
  if (all(ts.TypeFlags.BooleanLike)) return "boolean";
  return all(ts.TypeFlags.NumberLike) ? (/fractions|\bGB\b/.test(description) ? "number" : "integer") : undefined;
}

/** What is made of plain values alone is plain. */
const plainWith = (...parts: Json[]): Json => (parts.every(({ plain }) => plain === true) ? { plain: true } : {});

/** Outputs are never known before. */
function withoutPlain(spec: Json): Json {
  const entries = Object.entries(spec).filter(([key]) => key !== "plain");
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === "items" ? withoutPlain(value as Json) : value]),
  );
}

const mapped = (object: Record<string, Json>, change: (value: Json) => Json): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
