/* Open-loop MQTT 3.1.1 publisher, QoS 1: each payload begins with the moment at which it was due.
 *
 *   publish PORT USER-FORMAT CLIENT-FORMAT PASSWORD TOPIC-FORMAT CONNECTIONS RATE SECONDS PAYLOAD-BYTES
 *
 * The formats have one %d, the connection's number. Every millisecond the messages that are due are sent, spread over
 * the connections; the payload is 19 digits of CLOCK_MONOTONIC in ns, then padding. Prints one JSON line: sent,
 * acknowledged, and how late the sending was (p99 and worst, ms).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection { int fd; uint16_t id; uint8_t head[512]; size_t head_bytes, id_at; uint8_t out[1 << 18]; size_t waiting, partial; };

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}
static void fail(const char *what) { perror(what); exit(1); }
static uint8_t *text(uint8_t *p, const char *s) {
    size_t n = strlen(s);
    *p++ = n >> 8;
    *p++ = n;
    memcpy(p, s, n);
    return p + n;
}
static uint8_t *length(uint8_t *p, uint32_t n) {
    do { *p++ = (n & 127) | (n > 127 ? 128 : 0); n >>= 7; } while (n);
    return p;
}
static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void flush(struct connection *c) {
    while (c->waiting) {
        ssize_t n = send(c->fd, c->out, c->waiting, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0) fail("send");
        memmove(c->out, c->out + n, c->waiting -= n);
    }
}
/* Counts PUBACKs: four bytes each, and nothing else comes. */
static uint64_t acknowledged(struct connection *c) {
    uint8_t in[65536];
    uint64_t count = 0;
    for (ssize_t n; (n = recv(c->fd, in, sizeof in, 0)) != -1;) {
        if (n == 0) { fprintf(stderr, "the server closed a connection\n"); exit(1); }
        count += (c->partial + n) / 4;
        c->partial = (c->partial + n) % 4;
    }
    return count;
}

int main(int argc, char **argv) {
    if (argc != 10) { fprintf(stderr, "usage: see publish.c\n"); return 2; }
    int port = atoi(argv[1]), count = atoi(argv[6]), payload = atoi(argv[9]);
    double rate = atof(argv[7]), seconds = atof(argv[8]);
    if (count < 1 || count > 1000 || payload < 19 || payload > 65536 || rate <= 0 || rate * seconds > 1e8) return 2;
    struct connection *connections = calloc(count, sizeof *connections);
    for (int i = 0; i < count; i++) {
        struct connection *c = connections + i;
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        char name[256], user[256], topic[256];
        snprintf(name, sizeof name, argv[3], i);
        snprintf(user, sizeof user, argv[2], i);
        snprintf(topic, sizeof topic, argv[5], i);
        uint8_t packet[4096], *p = packet, answer[4];
        int one = 1;
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        *p++ = 0x10;
        p = length(p, 10 + 6 + strlen(name) + strlen(user) + strlen(argv[4]));
        p = text(p, "MQTT");
        *p++ = 4; *p++ = 0xC2; *p++ = 0; *p++ = 120;
        p = text(text(text(p, name), user), argv[4]);
        if (send(c->fd, packet, p - packet, MSG_NOSIGNAL) != p - packet) fail("CONNECT");
        if (recv(c->fd, answer, 4, MSG_WAITALL) != 4 || answer[3] != 0) { fprintf(stderr, "refused: %d\n", answer[3]); return 1; }
        fcntl(c->fd, F_SETFL, O_NONBLOCK);
        p = c->head;
        *p++ = 0x32;
        p = length(p, 2 + strlen(topic) + 2 + payload);
        p = text(p, topic);
        c->id_at = p - c->head;
        c->head_bytes = c->id_at + 2;
    }
    uint64_t total = rate * seconds, sent = 0, acks = 0, begin = now_ns();
    uint32_t *late = malloc(total * sizeof *late);
    char *padding = malloc(payload + 1);
    memset(padding, 'x', payload);
    while (acks < total) {
        uint64_t now = now_ns();
        if (now > begin + (seconds + 30) * 1e9) break;
        for (; sent < total; sent++) {
            uint64_t due = begin + sent * 1e9 / rate;
            if (due > now) break;
            struct connection *c = connections + sent % count;
            if (c->waiting + c->head_bytes + payload > sizeof c->out) break;
            late[sent] = (now - due) / 1000;
            uint8_t *p = c->out + c->waiting;
            memcpy(p, c->head, c->head_bytes);
            if (++c->id == 0) c->id = 1;
            p[c->id_at] = c->id >> 8;
            p[c->id_at + 1] = c->id;
            p += c->head_bytes;
            memcpy(p, padding, payload);
            for (int digit = 18; digit >= 0; digit--, due /= 10) p[digit] = '0' + due % 10;
            c->waiting += c->head_bytes + payload;
        }
        for (int i = 0; i < count; i++) { flush(connections + i); acks += acknowledged(connections + i); }
        struct timespec pause = {0, 500000};
        nanosleep(&pause, NULL);
    }
    qsort(late, sent, sizeof *late, by_value);
    printf("{\"sent\":%llu,\"acknowledged\":%llu,\"late_p99_ms\":%.3f,\"late_max_ms\":%.3f}\n", (unsigned long long)sent,
           (unsigned long long)acks, sent ? late[sent * 99 / 100] / 1e3 : 0, sent ? late[sent - 1] / 1e3 : 0);
    return acks == total ? 0 : 1;
}
