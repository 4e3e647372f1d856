import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { waitFor } from "../../lab/src/wait";
import { freePort } from "../provider/sshd";
import { realPulumi } from "./engines";
import { ProjectCopy } from "./project-copy";

const pulumi = realPulumi();
const withCli = pulumi === undefined ? describe.skip : describe;
const page = readFileSync("docs/environments.md", "utf8");

/** Servers of the clouds' interfaces; a test double each, run on this machine alone. */
const MOTO = "moto[server,s3,kms]==5.2.5";
const AZURITE = "azurite@3.35.0";

/** What the page says in a row of its tables: a command, or a name. */
function told(row: string): string {
  const [, text] = new RegExp(`^\\| ${row} +\\| \`([^\`]+)\``, "m").exec(page) ?? [];
  assert.ok(text, `docs/environments.md has no row ${row}`);
  return text;
}

async function execute(command: string, args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { execa } = await import("execa");
  return (await execa(command, args, { timeout: 180_000, ...options })).stdout;
}

withCli("The state of a team by docs/environments.md, with the real CLI", function () {
  this.timeout(300_000);
  let folder: string;
  let python: string;
  const servers: ChildProcess[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dbha-backends-"));
    python = join(folder, "venv/bin/python");
    await execute("python3", ["-m", "venv", join(folder, "venv")]);
  });
  after(async () => {
    for (const server of servers) {
      server.kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    }
    rmSync(folder, { recursive: true });
  });

  const pip = (requirement: string) =>
    execute(python, ["-m", "pip", "--quiet", "--disable-pip-version-check", "install", requirement]);

  /** Starts a server, and waits until it answers. */
  async function serve(
    port: number,
    [command = "", ...args]: string[],
    env: Record<string, string> = {},
  ): Promise<void> {
    servers.push(spawn(command, args, { stdio: "ignore", cwd: folder, env: { ...process.env, ...env } }));
    const url = `http://127.0.0.1:${port}/`;
    await waitFor(`no answer of ${command}`, 60, () => fetch(url));
  }

  /** Deploys hosts alone by a backend, with a secret; another up has nothing to do. @param ask reads an object of the storage. @returns the stack's configuration file. */
  async function deploy(
    login: string,
    manager: string,
    env: Record<string, string>,
    ask: (path: string) => Promise<string>,
  ) {
    const project = new ProjectCopy();
    try {
      project.deploysHosts("prod");
      const all = { ...project.environment, ...env, PATH: `${dirname(pulumi ?? "")}:${process.env.PATH}` };
      // it would come before the log-in
      Reflect.deleteProperty(all, "PULUMI_BACKEND_URL");
      const run = (commands: string) => execute("bash", ["-ec", commands], { cwd: project.folder, env: all });
      writeFileSync(join(project.folder, "odc.password"), "the password\n");
      await run(`${login}\npulumi stack init prod --secrets-provider '${manager}'`);
      await run("pulumi config set --secret --stack prod mine:note < odc.password");
      assert.match(await run("pulumi up --stack prod --yes --skip-preview"), /\+ 4 created/);
      await run("pulumi preview --stack prod --expect-no-changes");
      assert.match(await ask(".pulumi/stacks/dbha-stacks/prod.json"), /dbha:index:Host/);
      assert.equal(await run("pulumi config get mine:note --stack prod"), "the password");
      const text = readFileSync(join(project.folder, "Pulumi.prod.yaml"), "utf8");
      assert.ok(!text.includes("the password"), text);
      // another backend, as docs/operations.md says
      await run(`pulumi stack export --stack prod --file state.json
cp Pulumi.prod.yaml former.yaml
pulumi login "file://$PWD/.state"
pulumi stack init prod
pulumi stack import --stack prod --file state.json
mv former.yaml Pulumi.prod.yaml
pulumi preview --stack prod --expect-no-changes
pulumi stack rm --stack prod --force --yes --preserve-config
${login}`);
      // the page's command for the lock of a run that was killed; here there is none
      await run("pulumi cancel --stack prod --yes");
      if (manager !== "passphrase") await run("pulumi stack change-secrets-provider passphrase --stack prod");
      assert.match(await run("pulumi destroy --stack prod --yes --skip-preview"), /- 4 deleted/);
      return text;
    } finally {
      project.remove();
    }
  }

  it("lies in S3 or what is like it, with secrets by a key of AWS KMS", async () => {
    await pip(MOTO);
    const port = await freePort();
    await serve(port, [join(folder, "venv/bin/moto_server"), "-H", "127.0.0.1", "-p", String(port)]);
    const endpoint = `http://127.0.0.1:${port}`;
    const env = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_ENDPOINT_URL_KMS: endpoint };
    const client = `import boto3, sys
a = dict(endpoint_url="${endpoint}", region_name="eu-central-1")
s3, kms = boto3.client("s3", **a), boto3.client("kms", **a)
`;
    const ask = (script: string) => execute(python, ["-c", client + script], { env });
    await ask(`s3.create_bucket(Bucket="pulumi-state", CreateBucketConfiguration=dict(LocationConstraint="eu-central-1"))
kms.create_alias(AliasName="alias/dbha-prod", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])`);
    const login = told("MinIO and the like").replace("https://minio.example.com", endpoint);
    assert.ok(login.includes(endpoint), login);
    const text = await deploy(login, told("AWS KMS"), env, (path) =>
      ask(`sys.stdout.write(s3.get_object(Bucket="pulumi-state", Key="${path}")["Body"].read().decode())`),
    );
    assert.match(text, /^secretsprovider: awskms:.*\nencryptedkey: /m);
    // S3 itself is another address of the same
    const inS3 = { ...env, AWS_ENDPOINT_URL_S3: endpoint, HOME: folder, PULUMI_CREDENTIALS_PATH: folder };
    const said = await execute("bash", ["-c", `${told("S3")} && ${pulumi} whoami --verbose`], {
      env: { ...inS3, PATH: `${dirname(pulumi ?? "")}:${process.env.PATH}` },
    });
    assert.match(said, /Backend URL: s3:\/\/pulumi-state/);
  });

  it("lies in Azure Blob Storage", async () => {
    await execute("npm", ["install", "--no-fund", "--no-audit", "--silent", "--prefix", folder, AZURITE]);
    const port = await freePort();
    const at = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "--location", join(folder, "azure")];
    const bin = join(folder, "node_modules/.bin/azurite-blob");
    const [account, key] = ["dbha", randomBytes(32).toString("base64")];
    await serve(port, [bin, "--disableTelemetry", "--skipApiVersionCheck", "--silent", ...at], {
      AZURITE_ACCOUNTS: `${account}:${key}`,
    });
    await pip("azure-storage-blob==12.31.1");
    const client = `import sys
from azure.storage.blob import BlobServiceClient
service = BlobServiceClient("http://127.0.0.1:${port}/${account}", credential="${key}")
`;
    const ask = (script: string) => execute(python, ["-c", client + script]);
    await ask(`service.create_container("pulumi-state")`);
    const emulated = `storage_account=${account}&protocol=http&domain=127.0.0.1:${port}&localemu=true`;
    const login = told("Azure Blob Storage").replace("storage_account=example", emulated);
    assert.ok(login.includes(emulated), login);
    const env = { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key };
    await deploy(login, "passphrase", env, (path) =>
      ask(`sys.stdout.write(service.get_blob_client("pulumi-state", "${path}").download_blob().readall().decode())`),
    );
  });
});
