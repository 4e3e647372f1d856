import schema from "./components-schema.json";

/**
 * The part of the plugin's schema that tells of components, in Pulumi's form. It is made of their interfaces and comments by
 * `npx tsx test/write-schema.ts`, as programs that run have neither.
 */
export const components: { resources: Record<string, unknown>; types: Record<string, unknown> } = schema;
