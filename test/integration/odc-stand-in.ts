import { theLab } from "./hosts";
import { odcEnvironment, startOdc, type OdcContainer } from "./odc-container";

type Changes = Record<string, string | undefined>;

/** Containers of the ODC stand-in beside the hosts of the tests' lab. */
export class StandIns {
  private readonly started: OdcContainer[] = [];

  /** Starts one, with changes of the environment that works. */
  async start(version: string, changes: Changes = {}, onDebian = false): Promise<OdcContainer> {
    const lab = theLab();
    const environment = Object.entries({ ...odcEnvironment(lab), ...changes });
    const given = environment.filter((entry): entry is [string, string] => entry[1] !== undefined);
    const odc = await startOdc(lab, version, Object.fromEntries(given), onDebian);
    this.started.push(odc);
    return odc;
  }

  async removeAll(): Promise<void> {
    await Promise.all(this.started.splice(0).map((odc) => odc.remove()));
  }
}
