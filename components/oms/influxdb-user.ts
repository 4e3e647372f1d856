import { renderProcedures } from "../procedures";
import { hostLibrary } from "./host-script";

/** What making InfluxDB's user needs to know. */
export interface InfluxDbUser {
  /** Name of its container, which may not be there yet. */
  container: string;
  /** ID of its image. */
  image: string;
  /** Where the host has /var/lib/influxdb. */
  directory: string;
  port: number;
  username: string;
  password: string;
  /** Seconds that InfluxDB may take to answer. */
  timeout: number;
}

/** A string of InfluxQL. */
const string = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
/** A name of InfluxQL. */
const identifier = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/**
 * One POSIX sh script for the input of `sh -s user`, so that no secret stands in an argument list: the user is there with this
 * password and all privileges afterwards. Where InfluxDB does not take it, it is made while InfluxDB is stopped, on its data, by
 * another container without network, log and log-in. So nobody else can be the first to make one, the former password need not be
 * known, and no log shows the statement: InfluxDB's own leave parts of some passwords in it. It says `{"did":"…"}`. It may be
 * killed at any time and run again.
 */
export function renderInfluxDbUser({
  container,
  image,
  directory,
  port,
  username,
  password,
  timeout,
}: InfluxDbUser): string {
  const [user, secret] = [identifier(username), string(password)];
  const values = {
    container,
    image,
    directory,
    port: String(port),
    timeout: String(timeout),
    username,
    basic: Buffer.from(`${username}:${password}`).toString("base64"),
    create: `CREATE USER ${user} WITH PASSWORD ${secret} WITH ALL PRIVILEGES`,
    change: `SET PASSWORD FOR ${user} = ${secret}; GRANT ALL PRIVILEGES TO ${user}`,
  };
  return renderProcedures(values, influxDbUserLibrary, ["user"]);
}

export const influxDbUserLibrary = hostLibrary(String.raw`
apart=$container-user

there() { docker inspect "$container" >/dev/null 2>&1; }
runs() { [ "$(docker inspect --format '{{.State.Running}}' "$container" 2>/dev/null)" = true ]; }

# The HTTP status that the user gets for what administrators alone may ask; nothing while InfluxDB does not answer.
status() {
  printf 'GET /query?q=SHOW+USERS HTTP/1.0\r\nAuthorization: Basic %s\r\n\r\n' "$basic" |
    docker exec -i "$container" bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && cat >&3 && head -n 1 <&3' ask "$port" 2>/dev/null |
    cut -d ' ' -f 2
}

answer=
answers() {
  answer=$(status)
  [ -n "$answer" ]
}
takes_statements() { printf 'SHOW DATABASES' | docker exec -i "$apart" influx >/dev/null 2>&1; }
gone() { ! docker inspect "$apart" >/dev/null 2>&1; }

# wait_for CONDITION CONTAINER
wait_for() {
  began=$(date +%s)
  until $1; do
    [ "$(($(date +%s) - began))" -lt "$timeout" ] ||
      fail "InfluxDB in container $2 does not answer after $timeout s" "see docker logs $container on the host; raise startTimeout if it only needs more time"
    sleep 0.3
  done
}

# Whatever happens, the container that asks nobody for a password goes, and InfluxDB runs again where there is one.
stopped=
leave() {
  docker rm -f "$apart" >/dev/null 2>&1 || true
  if [ -n "$stopped" ]; then docker start "$container" >/dev/null || true; fi
}

# state STATEMENT: what InfluxDB says of it is in $said
state() {
  said=$(printf %s "$1" | docker exec -i "$apart" influx 2>&1)
}

set_password() {
  if state "$create"; then return; fi
  case $said in
    *"user already exists"*) if state "$change"; then return; fi ;;
  esac
  # what it says may quote the statement
  fail "InfluxDB does not make user $username" "see that the image is one of InfluxDB 1.8"
}

make() {
  trap leave EXIT
  trap 'exit 1' HUP INT TERM
  trap '' PIPE
  docker rm -f "$apart" >/dev/null 2>&1 || true
  if there; then
    stopped=1
    docker stop -t 60 "$container" >/dev/null || fail "container $container does not stop" "see docker logs $container on the host, then run this again"
  fi
  docker run -d --rm --name "$apart" --network none --log-driver none -e INFLUXDB_HTTP_AUTH_ENABLED=false \
    -e INFLUXDB_REPORTING_DISABLED=true -v "$directory:/var/lib/influxdb" "$image" >/dev/null ||
    fail "InfluxDB cannot be started to make its user" "see what docker says, then run this again"
  wait_for takes_statements "$apart"
  set_password
  docker stop -t 60 "$apart" >/dev/null || true
  wait_for gone "$apart"
  if [ -z "$stopped" ]; then return; fi
  stopped=
  docker start "$container" >/dev/null || fail "container $container does not start again" "see docker logs $container on the host, then run this again"
  wait_for answers "$container"
}

user() {
  if runs; then wait_for answers "$container"; fi
  did=nothing
  if [ "$answer" != 200 ]; then
    make
    did=made
  fi
  printf '{"did":"%s"}\n' "$did"
}
`);
