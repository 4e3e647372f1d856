export * from "./directory";
export * from "./file";
export * from "./host-data";
export * from "./host-facts";
export * from "./image";
export * from "./probe";
export * from "./provider";
export * from "./service";
