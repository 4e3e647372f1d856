#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "obproxy.h"

static void note(const char *level, const char *format, va_list arguments) {
  FILE *file = fopen("log/obproxy.log", "a");
  if (file == NULL) return;
  time_t now = time(NULL);
  char stamp[32], text[2 * TEXT];
  strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", localtime(&now));
  vsnprintf(text, sizeof text, format, arguments);
  fprintf(file, "[%s] %s %s\n", stamp, level, text);
  fclose(file);
}

void say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  note("INFO", format, arguments);
  va_end(arguments);
}

void give_up(const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  note("ERROR", format, again);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

static uint32_t turn(uint32_t word, int bits) { return word << bits | word >> (32 - bits); }

static void mix(uint32_t state[5], const uint8_t block[64]) {
  uint32_t w[80];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 80; i++) w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int i = 0; i < 80; i++) {
    uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                 : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                 : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                          : (b ^ c ^ d) + 0xca62c1d6;
    uint32_t next = turn(a, 5) + f + e + w[i];
    e = d, d = c, c = turn(b, 30), b = a, a = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

// FIPS 180-4, for texts of less than 512 MiB.
void sha1(const void *data, size_t length, uint8_t digest[20]) {
  uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  uint8_t block[64];
  size_t done = 0;
  for (; length - done >= 64; done += 64) mix(state, (const uint8_t *)data + done);
  size_t rest = length - done;
  memset(block, 0, sizeof block);
  memcpy(block, (const uint8_t *)data + done, rest);
  block[rest] = 0x80;
  if (rest >= 56) {
    mix(state, block);
    memset(block, 0, sizeof block);
  }
  for (int i = 0; i < 4; i++) block[60 + i] = (uint32_t)(length * 8) >> (24 - 8 * i);
  mix(state, block);
  for (int i = 0; i < 20; i++) digest[i] = state[i / 4] >> (24 - 8 * (i % 4));
}
