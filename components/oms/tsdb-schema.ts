import { z } from "zod";
import { isHostAddress } from "../../provider/resources/host-rules";
import { imageSource } from "../image-schema";
import { address, containerName, hostPath, port } from "../rules";
import { inputSetting, setting, settings } from "../validation";

/** The service's address and port; IPv6 in brackets. */
function isEndpoint(given: string): boolean {
  const [, v6, name = "", digits] = /^(?:\[([\da-fA-F:.]+)\]|([^\s/:@[\]]+)):([1-9]\d{0,4})$/.exec(given) ?? [];
  return isHostAddress(v6 ?? name) && Number(digits) <= 65535;
}

/**
 * The schema behind OmsTsdbArgs.
 * @param host what a host is here.
 * @param line one line of text.
 * @param password what a password must be.
 */
export const tsdbSettings = <H>(host: z.ZodType<H>, line: z.ZodType<string>, password: z.ZodType<string>) =>
  settings({
    service: setting(
      z.enum(["INFLUXDB", "CERESDB"]),
      'must be "INFLUXDB" or "CERESDB"',
      "leave it out to get INFLUXDB",
    ).default("INFLUXDB"),
    url: setting(
      z.string().refine(isEndpoint),
      "must be an address and a port, without scheme",
      'write it like "10.0.0.5:8086"',
    ).optional(),
    influxDb: settings({
      host,
      image: imageSource,
      containerName: containerName.default("oms-influxdb"),
      dataDirectory: hostPath.default("/data/oms-influxdb"),
      port: port.default(8086),
      address: address.optional(),
    }).optional(),
    username: line.optional(),
    password: inputSetting(password).optional(),
  });
