import { createHash } from "node:crypto";
import { eventually, on, overSsh, theLab } from "./hosts";
import type { OdpSection } from "./odp-stack";

export const byHandHosts = ["p1", "p2"] as const;
/** The vendor's home directory, which the proxy runs in. */
export const home = "/home/admin/obproxy";
export const observerSysPassword = "of-the-cluster";

/** The arguments that tell what was started by hand. */
export const adopting = (change: OdpSection = {}): OdpSection => ({
  adopt: true,
  hosts: [...byHandHosts],
  package: { directory: home, user: "admin", dataDirectory: home },
  cluster: { name: "lab", rsList: [`${theLab().metadb.address}:${theLab().metadb.port}`] },
  observerSysPassword,
  ...change,
});

/** OBProxy on two hosts, as the vendor says: the package in the home of admin, started from there, with options of its own. */
export async function startOdpByHand(): Promise<void> {
  const { address, port } = theLab().metadb;
  const hash = createHash("sha1").update(observerSysPassword).digest("hex");
  await Promise.all(
    byHandHosts.map(async (host, i) => {
      const options = `observer_sys_password=${hash},client_session_id_version=2,proxy_id=${i + 1},syslog_level=WARN`;
      const inputFile = theLab().packages["obproxy-4.2.3"];
      await on(host, `id admin >/dev/null 2>&1 || useradd --create-home admin; mkdir -p ${home}`);
      await overSsh(host, `tar -C ${home} --strip-components=1 -xzf - && chown -R admin:admin ${home}`, { inputFile });
      await on(
        host,
        `cd ${home} && runuser -u admin -- ./bin/obproxy -p 2883 -l 2884 -s 2885 -n odp -c lab -r '${address}:${port}' -o ${options}`,
      );
      await eventually(
        `OBProxy of ${host}`,
        20,
        () => on(host, "ss -Hltn 'sport = 2883'"),
        (text) => text !== "",
      );
    }),
  );
}

/** What tells processes that were not restarted: ID and start of each. */
export const proxies = (): Promise<string[]> =>
  Promise.all(byHandHosts.map((host) => on(host, "ps -o pid=,lstart=,user= -p $(pgrep -d, -x obproxy) || true")));

export async function removeOdpByHand(): Promise<void> {
  for (const host of byHandHosts)
    await on(host, "pkill -KILL -x obproxy; userdel -r admin >/dev/null 2>&1; rm -rf /home/admin; true");
}
