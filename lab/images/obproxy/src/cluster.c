#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "obproxy.h"

#define MOST 16

// The real one asks the config server once a minute.
static const unsigned refresh_seconds = 2;
static const char *cache = "etc/obproxy_rslist_info.json";
static struct server list[MOST];
static size_t length;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int dial(const char *host, int port, int limit_ms) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
  char service[8];
  snprintf(service, sizeof service, "%d", port);
  // names are looked up in /etc/hosts and DNS; addresses are what RS lists have
  if (getaddrinfo(host, service, &hints, &found) != 0) return -1;
  int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int failed = fd < 0 || (connect(fd, found->ai_addr, found->ai_addrlen) != 0 && errno != EINPROGRESS);
  freeaddrinfo(found);
  struct pollfd ready = {.fd = fd, .events = POLLOUT};
  socklen_t size = sizeof failed;
  if (!failed && (poll(&ready, 1, limit_ms) != 1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) != 0)) failed = 1;
  if (failed) {
    if (fd >= 0) close(fd);
    return -1;
  }
  fcntl(fd, F_SETFL, 0);
  return fd;
}

size_t servers(struct server *copy, size_t most) {
  pthread_mutex_lock(&lock);
  size_t count = length < most ? length : most;
  memcpy(copy, list, count * sizeof *copy);
  pthread_mutex_unlock(&lock);
  return count;
}

static void take(const struct server *news, size_t count) {
  pthread_mutex_lock(&lock);
  if (count != length || memcmp(list, news, count * sizeof *news) != 0) say("RS list of %zu servers, the first %s:%d", count, news->host, news->port);
  memcpy(list, news, count * sizeof *news);
  length = count;
  pthread_mutex_unlock(&lock);
}

// host:port;host:port
static void take_text(const char *text) {
  struct server found[MOST] = {0};
  size_t count = 0;
  for (const char *each = text; each != NULL && count < MOST; each = strchr(each, ';')) {
    each += *each == ';';
    if (sscanf(each, "%255[^:;]:%d", found[count].host, &found[count].port) == 2) count++;
  }
  take(found, count);
}

// Every {"address":"host:rpc_port", …, "sql_port":N}
static size_t parse(const char *json, struct server *found) {
  size_t count = 0;
  for (const char *at = strstr(json, "\"address\""); at != NULL && count < MOST; at = strstr(at + 1, "\"address\"")) {
    const char *port = strstr(at, "\"sql_port\"");
    if (port == NULL || sscanf(at, "\"address\" : \"%255[^:\"]", found[count].host) != 1) continue;
    if (sscanf(port, "\"sql_port\" : %d", &found[count].port) == 1) count++;
  }
  return count;
}

static void write_text(const char *path, const char *text) {
  char draft[TEXT];
  snprintf(draft, sizeof draft, "%s.tmp", path);
  FILE *out = fopen(draft, "w");
  if (out == NULL) return;
  fputs(text, out);
  fclose(out);
  rename(draft, path);
}

static bool fetch(void) {
  char host[256], path[TEXT] = "/", request[2 * TEXT], answer[16 * TEXT];
  int port = 80;
  const char *url = get("obproxy_config_server_url");
  if (sscanf(url, "http://%255[^:/]:%d%1023s", host, &port, path) < 2 && sscanf(url, "http://%255[^:/]%1023s", host, path) < 1) return false;
  int fd = dial(host, port, 1000);
  if (fd < 0) return false;
  struct timeval limit = {.tv_sec = 2};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  int size = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host);
  size_t got = 0;
  if (write(fd, request, size) == size)
    for (ssize_t n; got < sizeof answer - 1 && (n = read(fd, answer + got, sizeof answer - 1 - got)) > 0;) got += n;
  close(fd);
  answer[got] = '\0';
  const char *body = strstr(answer, "\r\n\r\n");
  struct server found[MOST] = {0};
  size_t count = body == NULL || strstr(answer, " 200 ") == NULL ? 0 : parse(body, found);
  if (count == 0) return false;
  take(found, count);
  write_text(cache, body + 4);
  char info[2 * TEXT];
  snprintf(info, sizeof info, "{\"url\":\"%s\",\"cluster\":\"%s\"}\n", url, get("rootservice_cluster_name"));
  write_text("etc/obproxy_config_server_info.json", info);
  return true;
}

static bool read_cache(void) {
  FILE *in = fopen(cache, "r");
  if (in == NULL) return false;
  char text[16 * TEXT];
  text[fread(text, 1, sizeof text - 1, in)] = '\0';
  fclose(in);
  struct server found[MOST] = {0};
  size_t count = parse(text, found);
  if (count > 0) take(found, count);
  return count > 0;
}

// ignore_local_config=True: the config server, and the local file when it does not answer; False: the other way round.
void find_cluster(void) {
  if (*get("rootservice_list") != '\0') {
    take_text(get("rootservice_list"));
    return;
  }
  if (*get("obproxy_config_server_url") == '\0') give_up("neither an RS list (-r) nor obproxy_config_server_url is given");
  bool local_first = strcasecmp(get("ignore_local_config"), "false") == 0;
  if (local_first ? read_cache() || fetch() : fetch() || read_cache()) return;
  give_up("fail to get the RS list: the config server does not answer and %s is not there", cache);
}

void follow_cluster(void) {
  bool follows = *get("rootservice_list") == '\0';
  for (;;) {
    sleep(refresh_seconds);
    if (follows && !fetch()) say("the config server does not answer; going on with what is known");
  }
}
