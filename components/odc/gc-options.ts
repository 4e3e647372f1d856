import { compareVersions } from "../../provider/resources/version";

/** The first version on JDK 17. Its default for ODC_JVM_GC_OPTIONS opens these packages, without which it does not work. */
const FIRST = "4.4.0";
const OPENED = ["java.base/jdk.internal.loader=ALL-UNNAMED", "java.base/java.net=ALL-UNNAMED"];

/**
 * ODC_JVM_GC_OPTIONS: those given take the place of the image's, so what else stands in these is added.
 * @param version of the image; undefined when its tag tells none.
 */
export function gcOptions(gc: string | undefined, version: string | undefined): string | undefined {
  if (gc === undefined || version === undefined || compareVersions(version, FIRST) < 0) return gc;
  return [gc, ...OPENED.filter((one) => !gc.includes(one)).map((one) => `--add-opens ${one}`)].join(" ");
}

/** What is to be known of given options when nobody knows of which version the image is; undefined when there is nothing. */
export function gcWarning(gc: string | undefined, version: string | undefined): string | undefined {
  const missing = gc === undefined || version !== undefined ? [] : OPENED.filter((one) => !gc.includes(one));
  if (missing.length === 0) return undefined;
  return `jvm.gc: the image's tag tells no version; ODC ${FIRST} and later need ${missing.map((one) => `--add-opens ${one}`).join(" ")} in it, earlier ones do not start with that`;
}
