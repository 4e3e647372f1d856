import { readFileSync } from "node:fs";
import { loadByHand } from "./by-hand";
import { emptyMetaDb, eventually, labHosts, on, theLab } from "./hosts";

/** The password that the document's command gives to ODC's admin. */
export const adminPassword = "aaBB11..";
/** Where the document leaves nginx's configuration to its reader. */
const conf = "/root/odc-nginx.conf";

/** The document's command that runs a node, with nothing that it does not have. */
const runNode = (): string => {
  const { port, username, password, database } = theLab().metadb;
  return `docker run -v /var/log/odc:/opt/odc/log -v /var/data/odc:/opt/odc/data \
-d -i --net host --cpu-period 100000 --cpu-quota 400000 --memory 8G --name "obodc" \
-e "DATABASE_HOST=metadb" \
-e "DATABASE_PORT=${port}" \
-e "DATABASE_USERNAME=${username}" \
-e "DATABASE_PASSWORD=${password}" \
-e "DATABASE_NAME=${database}" \
-e "ODC_PROFILE_MODE=alipay" \
-e "ODC_ADMIN_INITIAL_PASSWORD=${adminPassword}" \
oceanbase/odc:4.3.1`;
};

/** The document's template of nginx.conf without a certificate, for two nodes. */
const nginxConf = (): string => {
  const { p1, p2 } = labHosts();
  const text = readFileSync("test/fixtures/odc-nginx.conf.template", "utf8");
  const servers = [p1, p2].map(({ address }) => `server ${address}:8989;`).join("\n      ");
  return text.replace("server xxx.x.x.x:8989;", servers);
};

/** ODC on p1 and p2 and nginx on p3, deployed as the vendor's document says, by hand. */
export async function deployOdcByHand(): Promise<void> {
  await emptyMetaDb();
  await Promise.all([loadByHand("p1", "odc-4.3.1"), loadByHand("p2", "odc-4.3.1"), loadByHand("p3", "nginx")]);
  for (const host of ["p1", "p2"] as const) {
    await on(host, `mkdir -p /var/log/odc /var/data/odc; ${runNode()}`);
    const health = `curl -s http://127.0.0.1:8989/api/v1/heartbeat/isHealthy || true`;
    await eventually(
      `health of ${host}`,
      60,
      () => on(host, health),
      (text) => /"data": ?true/.test(text),
    );
  }
  await on("p3", `mkdir -p /etc/pki/nginx; cat >${conf} <<'END'\n${nginxConf()}\nEND`);
  await on(
    "p3",
    `docker run --network host --name nginx -v ${conf}:/etc/nginx/nginx.conf -v /etc/pki/nginx/:/etc/pki/nginx/ -d nginx:1.22`,
  );
}

/** Takes away what of it is left. */
export async function removeOdcByHand(): Promise<void> {
  const rest = `rm -rf ${conf} /etc/pki/nginx /var/log/odc /var/data /var/backups/odc; rmdir /etc/pki 2>/dev/null || true`;
  for (const host of ["p1", "p2", "p3"] as const)
    await on(
      host,
      `docker rm -f obodc nginx >/dev/null 2>&1; docker rmi oceanbase/odc:4.3.1 nginx:1.22 >/dev/null 2>&1; ${rest}`,
    );
  await emptyMetaDb();
}
