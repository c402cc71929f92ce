extension BoardShim {
    /// Clocks, and waits on them, as the file named by `WEIR_BOARD_CLOCK` has them; the machine's own without one.
    ///
    /// The file has the layout of ``BoardClock``, which only ever appends to it, so it is read without a lock. Clocks of
    /// processes and threads stay true. A wait looks at the clock again every few milliseconds, for the time may begin to
    /// pass at another speed meanwhile.
    static let clocks = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/mman.h>
        #include <sys/time.h>
        #include <sys/timex.h>
        #include <time.h>
        #include <unistd.h>

        struct span { int64_t machine, board, speed, wall, synchronised; };
        struct timeline { int64_t count; struct span spans[]; };

        enum { FILE_BYTES = 65536, LOOK_AGAIN = 10000000 };
        static const int64_t SECOND = 1000000000LL;

        static int real_clock(clockid_t clock, struct timespec *time) {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
            return real(clock, time);
        }

        static int64_t nanoseconds(const struct timespec *t) { return t->tv_sec * SECOND + t->tv_nsec; }

        static struct timespec time_of(int64_t nanoseconds) {
            return (struct timespec){.tv_sec = nanoseconds / SECOND, .tv_nsec = nanoseconds % SECOND};
        }

        static const struct timeline *timeline(void) {
            static const struct timeline *found;
            const char *path = getenv("WEIR_BOARD_CLOCK");
            if (found || !path) return found;
            int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
            int file = real(path, O_RDONLY | O_CLOEXEC);
            if (file < 0) abort();
            void *pages = mmap(NULL, FILE_BYTES, PROT_READ, MAP_SHARED, file, 0);
            int (*real_close)(int) = dlsym(RTLD_NEXT, "close");
            real_close(file);
            if (pages == MAP_FAILED) abort();
            return found = pages;
        }

        // The span of now, and the board's time; NULL where the machine's clocks are the board's.
        static const struct span *now_of_board(int64_t *board) {
            const struct timeline *line = timeline();
            if (!line) return NULL;
            struct timespec time;
            real_clock(CLOCK_BOOTTIME, &time);
            const struct span *span = &line->spans[__atomic_load_n(&line->count, __ATOMIC_ACQUIRE) - 1];
            while (span > line->spans && span->machine > nanoseconds(&time)) span--;
            *board = span->board + (nanoseconds(&time) - span->machine) * span->speed;
            return span;
        }

        static int is_ours(clockid_t clock) {
            return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int64_t board;
            const struct span *span = is_ours(clock) ? now_of_board(&board) : NULL;
            if (!span) return real_clock(clock, time);
            *time = time_of(board + (clock == CLOCK_REALTIME ? span->wall : 0));
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }

        int gettimeofday(struct timeval *restrict value, void *restrict zone) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            value->tv_sec = now.tv_sec;
            value->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        int adjtimex(struct timex *state) {
            int64_t board;
            const struct span *span = now_of_board(&board);
            if (!span) {
                int (*real)(struct timex *) = dlsym(RTLD_NEXT, "adjtimex");
                return real(state);
            }
            memset(state, 0, sizeof *state);
            state->status = span->synchronised ? STA_PLL : STA_UNSYNC;
            return span->synchronised ? TIME_OK : TIME_ERROR;
        }

        // The machine's time until a moment of the board, at most that of one look.
        static int64_t rest(const struct span *span, int64_t board, int64_t until) {
            int64_t machine = (until - board + span->speed - 1) / span->speed;
            return machine < LOOK_AGAIN ? machine : LOOK_AGAIN;
        }

        int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
            int (*real)(clockid_t, int, const struct timespec *, struct timespec *) = dlsym(RTLD_NEXT, "clock_nanosleep");
            int64_t board;
            const struct span *span = is_ours(clock) && flags == TIMER_ABSTIME ? now_of_board(&board) : NULL;
            if (!span) return real(clock, flags, wanted, left);
            for (;;) {
                int64_t until = nanoseconds(wanted) - (clock == CLOCK_REALTIME ? span->wall : 0);
                if (board >= until) return 0;
                struct timespec pause = time_of(rest(span, board, until));
                int result = real(CLOCK_MONOTONIC, 0, &pause, NULL);
                if (result != 0) return result;
                span = now_of_board(&board);
            }
        }

        int poll(struct pollfd *entries, nfds_t count, int timeout) {
            int (*real)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *) = dlsym(RTLD_NEXT, "ppoll");
            int64_t board;
            const struct span *span = timeout > 0 ? now_of_board(&board) : NULL;
            if (!span) {
                struct timespec limit = time_of((timeout > 0 ? timeout : 0) * 1000000LL);
                return real(entries, count, timeout < 0 ? NULL : &limit, NULL);
            }
            int64_t until = board + timeout * 1000000LL;
            for (;;) {
                struct timespec limit = time_of(board < until ? rest(span, board, until) : 0);
                int result = real(entries, count, &limit, NULL);
                if (result != 0 || board >= until) return result;
                span = now_of_board(&board);
            }
        }
        """#
}
