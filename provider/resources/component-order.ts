type Properties = Record<string, unknown>;

/** What the engine asks for when a program of another language makes a component: the request as plain values. */
export interface ComponentOrder {
  /** Token, like `dbha:index:OdcHaDeployment`. */
  type: string;
  name: string;
  /** URN of the parent; "" for none. */
  parent: string;
  /** Arguments as they are on the wire, with the engine's marks. */
  inputs: Properties;
  /** URNs that an argument depends on, by its name. */
  inputDependencies: Record<string, string[]>;
  options: ComponentOptions;
  run: ComponentRun;
}

/** Options of the component, with other resources by their URN or reference. */
export interface ComponentOptions {
  aliases: (string | ComponentAlias)[];
  dependsOn: string[];
  protect: boolean;
  /** References (`URN::ID`) of providers by package. */
  providers: Record<string, string>;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  customTimeouts?: { create: string; update: string; delete: string };
  retainOnDelete: boolean;
  /** URN; "" for none. */
  deletedWith: string;
  /** Names of hooks that the program has registered, by when they run, like `beforeCreate`. */
  hooks: Record<string, string[]>;
}

/** Another name of the component; what is undefined is as it is. */
export interface ComponentAlias {
  name?: string;
  type?: string;
  stack?: string;
  project?: string;
  /** URN; "" for none. */
  parent?: string;
}

/** The run in which the component is made. */
export interface ComponentRun {
  project: string;
  stack: string;
  organization: string;
  /** Whether it is a preview. */
  dryRun: boolean;
  parallel: number;
  /** Address of the engine's resource monitor. */
  monitor: string;
  /** Address of the engine. */
  engine: string;
  /** The stack's configuration, by name with namespace. */
  config: Record<string, string>;
  configSecretKeys: string[];
}

/** A component that was made. */
export interface MadeComponent {
  urn: string;
  /** Its outputs, with the engine's marks. */
  state: Properties;
  /** URNs that an output depends on, by its name. */
  stateDependencies: Record<string, string[]>;
}

/** What makes components, in the plugin's process. */
export interface ComponentMaker {
  /** @throws Error when it cannot be made; why has been told to the engine where it was an error of one resource. */
  construct: (order: ComponentOrder) => Promise<MadeComponent>;
}
