"""The one page: it logs in as ODC's own pages do, and then sends a request that needs the token against forged ones."""

LOGIN = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>ODC stand-in</title></head>
<body><h1>ODC stand-in</h1>
<p>This is a stand-in for OceanBase Developer Center, for tests. It is not the vendor's software.</p>
<dl><dt>node</dt><dd id="node">{node}</dd><dt>version</dt><dd id="version">{version}</dd></dl>
<form>
<label>Account <input name="username" value="admin"></label>
<label>Password <input name="password" type="password"></label>
<button>Log in</button></form>
<p id="status">not logged in</p>
<script src="/login.js"></script></body></html>
"""

SCRIPT = r"""
const form = document.forms[0];
const say = (text) => (document.getElementById("status").textContent = text);
const json = async (path, options) => {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${body.code}`);
  return body.data;
};
const number = (bytes) => BigInt("0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
// the browser's own cryptography has no PKCS #1 v1.5, and none at all on plain HTTP
function encrypted(key, text) {
  const modulus = number(Uint8Array.from(atob(key), (c) => c.charCodeAt(0)).slice(29, 157));
  const message = new TextEncoder().encode(text);
  const padding = crypto.getRandomValues(new Uint8Array(125 - message.length)).map((byte) => byte || 1);
  const base = number([0, 2, ...padding, 0, ...message]);
  let power = base;
  for (let i = 0; i < 16; i++) power = (power * power) % modulus;
  const hex = ((power * base) % modulus).toString(16).padStart(256, "0");
  return btoa(hex.replace(/../g, (byte) => String.fromCharCode(parseInt(byte, 16))));
}
form.onsubmit = async (event) => {
  event.preventDefault();
  try {
    const password = encrypted(await json("/api/v2/encryption/publicKey"), form.password.value);
    const body = new URLSearchParams({ username: form.username.value, password });
    await json("/api/v2/iam/login", { method: "POST", body });
    const [organization] = (await json("/api/v2/iam/users/me/organizations")).contents;
    const me = await json(`/api/v2/iam/users/me?currentOrganizationId=${organization.id}`);
    say(`logged in as ${me.accountName}`);
    const token = /(?:^|; )XSRF-TOKEN=([^;]*)/.exec(document.cookie)?.[1] ?? "";
    const headers = { "Content-Type": "application/json", "X-XSRF-TOKEN": token, currentOrganizationId: organization.id };
    await json("/api/v1/heartbeat", { method: "POST", headers, body: '{"sessionIds":[]}' });
    say(`logged in as ${me.accountName}, and may change things`);
  } catch (error) {
    say(`${document.getElementById("status").textContent}: ${error.message}`);
  }
};
"""
