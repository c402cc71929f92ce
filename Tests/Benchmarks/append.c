/* What the disk and the kernel alone cost: writes a topic's bytes again, a pwritev and an fdatasync for each commit cycle.
 *
 *   append TOPIC-FOLDER OUTPUT-FOLDER
 *
 * Reads the segments of a topic that append-benchmark has filled into memory, finds the commit cycles by their frames,
 * then writes the same bytes in the same portions to files of the same sizes. Prints one JSON line; seconds and CPU time
 * are those of writing and syncing only. Segment and frame: Sources/LogFormat/SegmentHeader.swift, StoredFrame.swift.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { frame_bytes = 20, header_bytes = 44, files_max = 4096 };

struct segment { char name[64]; uint8_t *bytes; size_t size, *ends; size_t count; };

static void fail(const char *what, const char *name) { fprintf(stderr, "%s %s\n", what, name); exit(1); }
static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}
static uint32_t big32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static int by_name(const void *a, const void *b) {
    return strcmp(((const struct segment *)a)->name, ((const struct segment *)b)->name);
}

static void load(struct segment *s, int folder) {
    const char *path = s->name;
    struct stat st;
    int fd = openat(folder, path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0) fail("cannot open", path);
    s->size = st.st_size;
    s->bytes = malloc(s->size + 1);
    for (size_t have = 0; have < s->size;) {
        ssize_t n = read(fd, s->bytes + have, s->size - have);
        if (n <= 0) fail("cannot read", path);
        have += n;
    }
    close(fd);
    if (s->size < header_bytes || memcmp(s->bytes, "WEIRSEG", 7) != 0) fail("no segment:", path);
    size_t at = header_bytes + 8 * (s->bytes[22] << 8 | s->bytes[23]), room = 1024;
    s->ends = malloc(room * sizeof *s->ends);
    while (at + frame_bytes <= s->size) {
        if (s->bytes[at] != 1) fail("unknown frame in", path);
        int is_last = s->bytes[at + 1] & 0x80;
        at += frame_bytes + big32(s->bytes + at + 4);
        if (!is_last) continue;
        if (s->count == room) s->ends = realloc(s->ends, (room *= 2) * sizeof *s->ends);
        s->ends[s->count++] = at;
    }
    if (at != s->size) fail("torn segment:", path);
}

int main(int argc, char **argv) {
    static struct segment segments[files_max];
    int count = 0;
    if (argc != 3) fail("usage: append TOPIC-FOLDER", "OUTPUT-FOLDER");
    DIR *dir = opendir(argv[1]);
    if (!dir) fail("cannot open", argv[1]);
    for (struct dirent *e; (e = readdir(dir));) {
        size_t n = strlen(e->d_name);
        if (n < 5 || n >= sizeof segments->name || strcmp(e->d_name + n - 4, ".log") != 0) continue;
        if (count == files_max) fail("too many segments in", argv[1]);
        strcpy(segments[count++].name, e->d_name);
    }
    qsort(segments, count, sizeof *segments, by_name);
    for (int i = 0; i < count; i++) load(segments + i, dirfd(dir));

    int output = open(argv[2], O_RDONLY | O_DIRECTORY);
    if (output < 0) fail("cannot open", argv[2]);

    uint64_t bytes = 0, cycles = 0;
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < count; i++) {
        struct segment *s = segments + i;
        const char *path = s->name;
        int fd = openat(output, path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (fd < 0) fail("cannot make", path);
        size_t at = 0;
        for (size_t c = 0; c < s->count; c++) {
            while (at < s->ends[c]) {
                struct iovec part = {s->bytes + at, s->ends[c] - at};
                ssize_t n = pwritev(fd, &part, 1, at);
                if (n <= 0) fail("cannot write", path);
                at += n;
                bytes += n;
            }
            if (fdatasync(fd) != 0) fail("cannot sync", path);
        }
        cycles += s->count;
        close(fd);
    }
    wall = now(CLOCK_MONOTONIC) - wall;
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("{\"cycles\":%llu,\"bytes\":%llu,\"seconds\":%.6f,\"cpu\":%.6f}\n", (unsigned long long)cycles,
           (unsigned long long)bytes, wall, cpu);
    return 0;
}
