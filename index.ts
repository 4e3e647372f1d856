// The Pulumi program lives in stacks/. It is entered here so that relative paths in stack configuration (keys, tarballs)
// are relative to the project's root: Pulumi runs program and plugins in the folder of the file named in Pulumi.yaml.
export * from "./stacks";
