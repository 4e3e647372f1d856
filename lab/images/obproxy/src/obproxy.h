// A stand-in for OBProxy, for tests; not the vendor's software. It keeps what its documents say of flags, files, ports,
// `alter proxyconfig` and the config server, and forwards connections to the first server of the RS list that answers.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT 1024

// log.c
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void sha1(const void *data, size_t length, uint8_t digest[20]);

// config.c: parameters, kept in etc/obproxy_config.bin
struct parameter {
  const char *name;
  const char *info;
  bool need_reboot;
  char value[TEXT];
};
extern struct parameter parameters[];
extern const size_t parameter_count;
bool read_config(void);
void write_config(void);
const char *get(const char *name);
// Sets a parameter; an error text, or NULL. Passwords given in clear are kept as their SHA-1 (stage 1 of MySQL's log-in).
const char *set(const char *name, const char *value);
void set_options(const char *options);

// cluster.c: the RS list, from -r, the config server or etc/obproxy_rslist_info.json
struct server {
  char host[256];
  int port;
};
void find_cluster(void);
void follow_cluster(void);
// Copies the RS list; returns its length.
size_t servers(struct server *list, size_t most);
int dial(const char *host, int port, int limit_ms);

// session.c: one connection of a client
void *serve_client(void *socket);
