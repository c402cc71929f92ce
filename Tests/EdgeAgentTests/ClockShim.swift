import Foundation

/// A library to preload into the agent that decides what its clock says, so that a board without a battery clock is
/// tested with the real program: CLOCK_REALTIME, `time`, `gettimeofday` and adjtimex are answered by it.
///
/// The file named by `WEIR_CLOCK_SHIM` holds two numbers: seconds to add to the real time, and 1 when the kernel is to
/// be synchronised, else 0. It is read at every call.
enum ClockShim {
    /// Compiles it into a folder.
    ///
    /// - Returns: The path for `LD_PRELOAD`.
    static func build(in folder: URL) throws -> String {
        let source = folder.appendingPathComponent("clock.c")
        let library = folder.appendingPathComponent("clock.so")
        try Data(self.source.utf8).write(to: source)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: I2CShim.compiler ?? "/nonexistent/cc")
        process.arguments = ["-shared", "-fPIC", "-O1", "-o", library.path, source.path, "-ldl"]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TestBroker.SetupError(message: "the clock shim does not compile")
        }
        return library.path
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <sys/timex.h>
        #include <time.h>
        #include <unistd.h>

        static long shift(int *synchronised) {
            char text[64] = "";
            long seconds = 0;
            int state = 0;
            int file = open(getenv("WEIR_CLOCK_SHIM"), O_RDONLY | O_CLOEXEC);
            if (file >= 0) {
                if (read(file, text, sizeof text - 1) > 0) sscanf(text, "%ld %d", &seconds, &state);
                close(file);
            }
            if (synchronised) *synchronised = state;
            return seconds;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += shift(NULL);
            return result;
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
            int synchronised;
            shift(&synchronised);
            memset(state, 0, sizeof *state);
            state->status = synchronised ? STA_PLL : STA_UNSYNC;
            return synchronised ? TIME_OK : TIME_ERROR;
        }
        """#
}
