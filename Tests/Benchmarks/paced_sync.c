/* A disk whose syncs take known times, for comparing two servers without the noise of a real one.
 *
 * Preloaded, fdatasync() syncs nothing and sleeps: 0.25 ms in 90.0 % of the calls, 0.5 ms in 9.0 %, 1.5 ms in 0.9 %, 6 ms in
 * 0.1 %, in an order that is the same in every run (xorshift64, one seed). The log belongs on tmpfs then.
 *
 *     cc -O2 -shared -fPIC paced_sync.c -o paced_sync.so
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <time.h>

static uint64_t state = 88172645463325252ull;

static long nanoseconds(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    unsigned per_mille = state % 1000;
    if (per_mille < 900) return 250000;
    if (per_mille < 990) return 500000;
    if (per_mille < 999) return 1500000;
    return 6000000;
}

int fdatasync(int descriptor) {
    (void)descriptor;
    struct timespec pause = {0, nanoseconds()};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, 0);
    return 0;
}
