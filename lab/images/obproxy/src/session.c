#include <fnmatch.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include "obproxy.h"

// MySQL's protocol, as far as `alter proxyconfig` and `show proxyconfig` need it; all else is forwarded as it comes.
#define PACKET 65536

struct packet {
  uint8_t bytes[PACKET];
  size_t length;
};
struct session {
  int fd;
  uint8_t sequence;
};

static bool read_all(int fd, void *data, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t n = read(fd, (char *)data + done, length - done);
    if (n <= 0) return false;
    done += n;
  }
  return true;
}

// A packet with its header.
static bool read_packet(int fd, struct packet *p) {
  if (!read_all(fd, p->bytes, 4)) return false;
  size_t body = p->bytes[0] | p->bytes[1] << 8 | p->bytes[2] << 16;
  p->length = 4 + body;
  return p->length < PACKET && read_all(fd, p->bytes + 4, body);
}

static bool write_all(int fd, const void *data, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t n = send(fd, (const char *)data + done, length - done, MSG_NOSIGNAL);
    if (n <= 0) return false;
    done += n;
  }
  return true;
}

static bool send_packet(struct session *s, const void *body, size_t length) {
  uint8_t header[4] = {length, length >> 8, length >> 16, s->sequence++};
  return write_all(s->fd, header, 4) && write_all(s->fd, body, length);
}

static bool send_ok(struct session *s) {
  const uint8_t ok[] = {0, 0, 0, 2, 0, 0, 0};
  return send_packet(s, ok, sizeof ok);
}

static bool send_end(struct session *s) {
  const uint8_t eof[] = {0xfe, 0, 0, 2, 0};
  return send_packet(s, eof, sizeof eof);
}

static bool send_error(struct session *s, int code, const char *state, const char *text) {
  char body[TEXT];
  int length = snprintf(body, sizeof body, "%c%c%c#%s%s", 0xff, code & 0xff, code >> 8, state, text);
  return send_packet(s, body, length);
}

static size_t put_text(uint8_t *at, const char *text) {
  size_t length = strlen(text);
  if (length < 251) {
    *at = length;
    memcpy(at + 1, text, length);
    return length + 1;
  }
  at[0] = 0xfc, at[1] = length, at[2] = length >> 8;
  memcpy(at + 3, text, length);
  return length + 3;
}

static bool show_config(struct session *s, const char *pattern) {
  static const char *columns[] = {"name", "value", "info", "need_reboot", "visible_level"};
  uint8_t body[8 * TEXT] = {5};
  send_packet(s, body, 1);
  for (int i = 0; i < 5; i++) {
    size_t n = put_text(body, "def");
    n += put_text(body + n, ""), n += put_text(body + n, ""), n += put_text(body + n, "");
    n += put_text(body + n, columns[i]), n += put_text(body + n, columns[i]);
    const uint8_t rest[] = {12, 33, 0, 0, 4, 0, 0, 0xfd, 0, 0, 0, 0, 0};
    memcpy(body + n, rest, sizeof rest);
    send_packet(s, body, n + sizeof rest);
  }
  send_end(s);
  for (size_t i = 0; i < parameter_count; i++) {
    if (fnmatch(pattern, parameters[i].name, 0) != 0) continue;
    size_t n = put_text(body, parameters[i].name);
    n += put_text(body + n, parameters[i].value), n += put_text(body + n, parameters[i].info);
    n += put_text(body + n, parameters[i].need_reboot ? "true" : "false"), n += put_text(body + n, "USER");
    send_packet(s, body, n);
  }
  return send_end(s);
}

static bool run_query(struct session *s, char *query) {
  char name[TEXT] = "", value[TEXT] = "";
  if (strncasecmp(query, "show proxyconfig", 16) == 0) {
    char pattern[TEXT] = "*";
    sscanf(query + 16, " like '%1023[^']'", pattern);
    for (char *at = pattern; *at != '\0'; at++)
      if (*at == '%') *at = '*';
    return show_config(s, pattern);
  }
  if (sscanf(query, "%*[aA]%*[lL]%*[tT]%*[eE]%*[rR] proxyconfig set %1023[a-z0-9_] = %1023[^\n]", name, value) >= 1) {
    char *text = value;
    size_t length = strlen(text);
    if (length >= 2 && (*text == '\'' || *text == '"') && text[length - 1] == *text) text[length - 1] = '\0', text++;
    const char *problem = set(name, text);
    if (problem != NULL) return send_error(s, 4147, "HY000", problem);
    write_config();
    say("parameter %s was changed", name);
    return send_ok(s);
  }
  return send_error(s, 1064, "42000", "the stand-in knows `show proxyconfig` and `alter proxyconfig set` only");
}

// The token is SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password))); what is kept is SHA1(password).
static bool knows_password(const uint8_t *token, size_t length, const uint8_t scramble[20]) {
  const char *kept = get("obproxy_sys_password");
  if (*kept == '\0' || length != 20) return *kept == '\0' && length == 0;
  uint8_t mixed[40], mask[20], stage1[20], digest[20];
  for (int i = 0; i < 20; i++) {
    unsigned byte;
    sscanf(kept + 2 * i, "%2x", &byte);
    stage1[i] = byte;
  }
  memcpy(mixed, scramble, 20);
  sha1(stage1, 20, mixed + 20);
  sha1(mixed, 40, mask);
  for (int i = 0; i < 20; i++) digest[i] = token[i] ^ mask[i];
  return memcmp(digest, stage1, 20) == 0;
}

static void administrate(struct session *s, const struct packet *login, const uint8_t scramble[20]) {
  static __thread struct packet p;
  const uint8_t *user = login->bytes + 36, *token = user + strlen((const char *)user) + 1;
  s->sequence = login->bytes[3] + 1;
  if (!knows_password(token + 1, *token, scramble)) {
    send_error(s, 1045, "42000", "Access denied for user 'root@proxysys'");
    return;
  }
  for (bool alive = send_ok(s); alive && read_packet(s->fd, &p) && p.length > 4 && p.bytes[4] != 1;) {
    s->sequence = 1;
    p.bytes[p.length] = '\0';
    alive = p.bytes[4] == 3 ? run_query(s, (char *)p.bytes + 5) : send_ok(s);
  }
}

static void forward(int client, int server) {
  struct pollfd both[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
  char data[16384];
  while (poll(both, 2, -1) > 0) {
    for (int i = 0; i < 2; i++) {
      if (both[i].revents == 0) continue;
      ssize_t n = read(both[i].fd, data, sizeof data);
      if (n <= 0 || !write_all(both[1 - i].fd, data, n)) return;
    }
  }
}

// A greeting of our own, for when no server gives one.
static void make_greeting(struct packet *p) {
  static const char version[] = "5.6.25 stand-in";
  uint8_t *at = p->bytes + 4, scramble[20];
  getrandom(scramble, sizeof scramble, 0);
  for (int i = 0; i < 20; i++) scramble[i] = 'a' + scramble[i] % 26;
  memset(p->bytes, 0, 256);
  *at++ = 10;
  memcpy(at, version, sizeof version), at += sizeof version + 4;
  memcpy(at, scramble, 8), at += 9;
  const uint8_t flags[] = {0x09, 0x82, 33, 2, 0, 0x08, 0, 21};
  memcpy(at, flags, sizeof flags), at += sizeof flags + 10;
  memcpy(at, scramble + 8, 12), at += 13;
  memcpy(at, "mysql_native_password", 22), at += 22;
  p->length = at - p->bytes;
  p->bytes[0] = p->length - 4;
}

static void read_scramble(const struct packet *greeting, uint8_t scramble[20]) {
  const uint8_t *at = greeting->bytes + 5 + strlen((const char *)greeting->bytes + 5) + 1 + 4;
  memcpy(scramble, at, 8);
  memcpy(scramble + 8, at + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10, 12);
}

// Takes out of a server's greeting what the protocol above does not have: TLS, results without EOF, MariaDB's extensions.
static void simplify(struct packet *greeting) {
  uint8_t *flags = greeting->bytes + 5 + strlen((const char *)greeting->bytes + 5) + 1 + 4 + 8 + 1;
  flags[1] &= ~0x08;
  flags[6] &= ~0x01;
  memset(flags + 14, 0, 4);
}

static int dial_any(struct packet *greeting) {
  struct server list[16];
  size_t count = servers(list, 16);
  for (size_t i = 0; i < count; i++) {
    int fd = dial(list[i].host, list[i].port, 300);
    if (fd >= 0 && read_packet(fd, greeting)) {
      simplify(greeting);
      return fd;
    }
    if (fd >= 0) close(fd);
  }
  make_greeting(greeting);
  return -1;
}

void *serve_client(void *socket) {
  struct session s = {.fd = (int)(intptr_t)socket};
  struct packet *greeting = calloc(2, sizeof *greeting), *login = greeting + 1;
  int server = dial_any(greeting);
  if (write_all(s.fd, greeting->bytes, greeting->length) && read_packet(s.fd, login) && login->length > 38) {
    uint8_t scramble[20];
    read_scramble(greeting, scramble);
    s.sequence = login->bytes[3] + 1;
    if (strcmp((const char *)login->bytes + 36, "root@proxysys") == 0)
      administrate(&s, login, scramble);
    else if (server < 0)
      send_error(&s, 4012, "HY000", "no server of the RS list answers");
    else if (write_all(server, login->bytes, login->length))
      forward(s.fd, server);
  }
  free(greeting);
  if (server >= 0) close(server);
  close(s.fd);
  return NULL;
}
