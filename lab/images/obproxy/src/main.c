#include <arpa/inet.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "obproxy.h"

static int listeners[3];

static int listen_on(const char *name) {
  int port = atoi(get(name)), yes = 1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0)
    give_up("%s %d is in use, or may not be used", name, port);
  return fd;
}

static void start(void *(*task)(void *), void *argument) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, task, argument) == 0) pthread_detach(thread);
}

static void *serve_sql(void *unused) {
  for (;;) {
    int fd = accept(listeners[0], NULL, NULL);
    if (fd < 0) return unused;
    start(serve_client, (void *)(intptr_t)fd);
  }
}

static void *serve_metrics(void *unused) {
  static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nodp_standin_up 1\n";
  for (;;) {
    int fd = accept(listeners[1], NULL, NULL);
    if (fd < 0) return unused;
    char request[TEXT];
    if (read(fd, request, sizeof request) > 0) send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
    close(fd);
  }
}

static void *follow(void *unused) {
  follow_cluster();
  return unused;
}

// As the real one: no further connections, and the end after delay_exit_time.
static void stop(int signal) {
  (void)signal;
  for (int i = 0; i < 3; i++) shutdown(listeners[i], SHUT_RDWR), close(listeners[i]);
  usleep(100000);
  _exit(0);
}

static void usage(void) {
  puts("obproxy (stand-in) -p port -l prometheus_port -s rpc_port -o name=value,... -n appname -r 'ip:port;...' -c cluster -N -V");
}

int main(int argc, char **argv) {
  static const struct option names[] = {
      {"listen_port", 1, 0, 'p'}, {"prometheus_listen_port", 1, 0, 'l'}, {"rpc_listen_port", 1, 0, 's'},
      {"optstr", 1, 0, 'o'},      {"appname", 1, 0, 'n'},                {"rs_list", 1, 0, 'r'},
      {"cluster_name", 1, 0, 'c'}, {"nodaemon", 0, 0, 'N'},              {"version", 0, 0, 'V'},
      {"help", 0, 0, 'h'},        {0},
  };
  const char *flags[128] = {0}, *options = NULL;
  bool daemonize = true;
  for (int c; (c = getopt_long(argc, argv, "p:l:s:o:n:r:c:NVh", names, NULL)) != -1;) {
    if (c == 'V') {
      puts("obproxy (OceanBase " VERSION " stand-in)\nREVISION: none, this is not the vendor's software");
      return 0;
    }
    if (c == 'h' || c == '?') return usage(), c == '?';
    if (c == 'N') daemonize = false;
    else if (c == 'o') options = optarg;
    else flags[c] = optarg;
  }
  mkdir("etc", 0755), mkdir("log", 0755);
  say("stand-in for OBProxy " VERSION ", not the vendor's software");
  if (!read_config() && options != NULL) set_options(options);
  static const struct { char flag; const char *name; } kept[] = {
      {'p', "listen_port"}, {'l', "prometheus_listen_port"}, {'s', "rpc_listen_port"},
      {'n', "app_name"},    {'r', "rootservice_list"},       {'c', "rootservice_cluster_name"},
  };
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    if (flags[(int)kept[i].flag] != NULL) set(kept[i].name, flags[(int)kept[i].flag]);
  if (daemonize && daemon(1, 0) != 0) give_up("cannot become a daemon");
  prctl(PR_SET_PDEATHSIG, SIGHUP);
  signal(SIGHUP, SIG_IGN), signal(SIGPIPE, SIG_IGN), signal(SIGTERM, stop), signal(SIGINT, stop);
  find_cluster();
  listeners[0] = listen_on("listen_port");
  listeners[1] = listen_on("prometheus_listen_port");
  listeners[2] = listen_on("rpc_listen_port");
  write_config();
  start(serve_metrics, NULL), start(follow, NULL);
  serve_sql(NULL);
  pause();
}
