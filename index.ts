// The Pulumi program lives in stacks/. It is entered here so that relative paths in stack configuration (keys, tarballs)
// are relative to the project's root: Pulumi runs program and plugins in the folder of the file named in Pulumi.yaml.
import * as outputs from "./stacks";

// Pulumi warns of every output that is undefined, as one is of a system that the stack does not have
export = Object.fromEntries(Object.entries(outputs).filter(([, output]) => output !== undefined));
