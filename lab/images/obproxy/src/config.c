#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "obproxy.h"

static const char *file = "etc/obproxy_config.bin";

struct parameter parameters[] = {
    {"listen_port", "port of SQL", true, "6688"},
    {"prometheus_listen_port", "port of Prometheus", true, "2884"},
    {"rpc_listen_port", "port of RPC", true, "2885"},
    {"app_name", "name of the application", true, "undefined"},
    {"rootservice_cluster_name", "default cluster", true, ""},
    {"rootservice_list", "RS list of the default cluster", true, ""},
    {"obproxy_config_server_url", "URL of the config server", true, ""},
    {"ignore_local_config", "ask the config server before local files", false, "True"},
    {"proxy_id", "ID of this proxy, 1 to 255, to 8191 with client_session_id_version 2", true, "0"},
    {"client_session_id_version", "1 or 2", true, "2"},
    {"observer_sys_password", "password of proxyro@sys", false, ""},
    {"obproxy_sys_password", "password of root@proxysys", false, ""},
    {"enable_cluster_checkout", "check the cluster at log-in", false, "True"},
    {"enable_strict_kernel_release", "run on known kernels only", true, "True"},
    {"proxy_mem_limited", "memory limit", false, "2G"},
    {"client_max_connections", "most connections of clients", false, "8192"},
    {"log_cleanup_interval", "time between two clean-ups", false, "1m"},
    {"syslog_level", "level of the log", false, "INFO"},
};
const size_t parameter_count = sizeof parameters / sizeof *parameters;

static struct parameter *find(const char *name) {
  for (size_t i = 0; i < parameter_count; i++)
    if (strcasecmp(parameters[i].name, name) == 0) return &parameters[i];
  return NULL;
}

const char *get(const char *name) { return find(name)->value; }

static bool is_hash(const char *value) { return strlen(value) == 40 && strspn(value, "0123456789abcdef") == 40; }

const char *set(const char *name, const char *value) {
  struct parameter *one = find(name);
  if (one == NULL) return "no such parameter";
  if (strlen(value) >= TEXT) return "the value is too long";
  if (strcmp(one->name, "proxy_id") == 0) {
    int id = atoi(value), most = strcmp(get("client_session_id_version"), "2") == 0 ? 8191 : 255;
    if (id < 1 || id > most) return "proxy_id is out of range";
  }
  if (strstr(one->name, "_sys_password") != NULL && *value != '\0' && !is_hash(value)) {
    uint8_t digest[20];
    sha1(value, strlen(value), digest);
    for (int i = 0; i < 20; i++) sprintf(one->value + 2 * i, "%02x", digest[i]);
  } else {
    strcpy(one->value, value);
  }
  return NULL;
}

// -o name=value,name=value
void set_options(const char *options) {
  char *copy = strdup(options), *rest = copy;
  for (char *each = strsep(&rest, ","); each != NULL; each = strsep(&rest, ",")) {
    char *value = strchr(each, '=');
    if (value == NULL) give_up("-o %s: not of the form name=value", each);
    *value++ = '\0';
    const char *problem = set(each, value);
    if (problem != NULL) give_up("-o %s: %s", each, problem);
  }
  free(copy);
}

bool read_config(void) {
  FILE *in = fopen(file, "r");
  if (in == NULL) return false;
  char line[2 * TEXT];
  while (fgets(line, sizeof line, in) != NULL) {
    char *value = strchr(line, '=');
    if (value == NULL) continue;
    line[strcspn(line, "\n")] = '\0';
    *value++ = '\0';
    struct parameter *one = find(line);
    if (one != NULL) strncpy(one->value, value, TEXT - 1);
  }
  fclose(in);
  return true;
}

void write_config(void) {
  FILE *out = fopen("etc/obproxy_config.bin.tmp", "w");
  if (out == NULL) give_up("etc/ cannot be written to");
  for (size_t i = 0; i < parameter_count; i++) fprintf(out, "%s=%s\n", parameters[i].name, parameters[i].value);
  fclose(out);
  rename("etc/obproxy_config.bin.tmp", file);
}
