import Foundation

/// A library to preload into the agent that answers `/dev/i2c-9` as an adapter with one SHT3x at 0x44, so that the real
/// program and its real system calls are tested without hardware.
///
/// The file named by `WEIR_SHIM_FAULT` says what is wrong with it now: `nack`, `crc`, `timeout`, `busy`, `gone`,
/// `wrong`; empty: nothing. Compiled with the C compiler of the Swift toolchain or the system.
enum I2CShim {
    struct CompileError: Error {
        var message: String
    }

    /// The compiler; `nil` when there is none, and then the tests that need it are skipped.
    static let compiler: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for name in ["clang", "cc", "gcc"] {
            for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        print("skipped: no C compiler for the preloaded I2C bus")
        return nil
    }()

    /// Compiles it into a folder.
    ///
    /// - Returns: The path for `LD_PRELOAD`.
    static func build(in folder: URL) throws -> String {
        let source = folder.appendingPathComponent("shim.c")
        let library = folder.appendingPathComponent("shim.so")
        try Data(self.source.utf8).write(to: source)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: self.compiler ?? "/nonexistent/cc")
        process.arguments = ["-shared", "-fPIC", "-O1", "-o", library.path, source.path, "-ldl"]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CompileError(message: "the I2C shim does not compile") }
        return library.path
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/i2c-dev.h>
        #include <linux/i2c.h>
        #include <stdarg.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <time.h>
        #include <unistd.h>

        static int adapter = -1;
        static unsigned char answer[6];
        static int answer_length = 0;
        static struct timespec ready;

        static int fault_is(const char *name) {
            const char *path = getenv("WEIR_SHIM_FAULT");
            char text[32] = "";
            FILE *file = path ? fopen(path, "r") : NULL;
            if (!file) return 0;
            if (!fgets(text, sizeof text, file)) text[0] = 0;
            fclose(file);
            text[strcspn(text, "\n")] = 0;
            return strcmp(text, name) == 0;
        }

        static int open_any(const char *symbol, const char *path, int flags, mode_t mode) {
            int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, symbol);
            if (strcmp(path, "/dev/i2c-9") != 0) return real(path, flags, mode);
            if (fault_is("gone")) { errno = ENOENT; return -1; }
            return adapter = real("/dev/null", O_RDWR | O_CLOEXEC);
        }

        int open(const char *path, int flags, ...) {
            va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
            return open_any("open", path, flags, mode);
        }

        int open64(const char *path, int flags, ...) {
            va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
            return open_any("open64", path, flags, mode);
        }

        static void word(unsigned char *out, unsigned value) {
            out[0] = value >> 8; out[1] = value;
            unsigned char crc = 0xFF;
            for (int i = 0; i < 2; i++) {
                crc ^= out[i];
                for (int bit = 0; bit < 8; bit++) crc = crc & 0x80 ? crc << 1 ^ 0x31 : crc << 1;
            }
            out[2] = crc;
        }

        static int message(struct i2c_msg *m) {
            if (m->addr != 0x44 || fault_is("nack")) return EREMOTEIO;
            if (fault_is("timeout")) return ETIMEDOUT;
            if (fault_is("gone")) return ENODEV;
            struct timespec now;
            clock_gettime(CLOCK_MONOTONIC, &now);
            if (m->flags & I2C_M_RD) {
                long early = (ready.tv_sec - now.tv_sec) * 1000000000L + ready.tv_nsec - now.tv_nsec;
                if (answer_length == 0 || early > 0) return EREMOTEIO;
                memcpy(m->buf, answer, m->len < 6 ? m->len : 6);
                answer_length = 0;
                return 0;
            }
            unsigned command = m->len >= 2 ? m->buf[0] << 8 | m->buf[1] : m->buf[0];
            answer_length = 0;
            ready = now;
            if (fault_is("wrong")) {
                if (command != 0x89) return EREMOTEIO;
                word(answer, 0x1234); word(answer + 3, 0x5678); answer_length = 6;
                return 0;
            }
            switch (command) {
            case 0xF32D: word(answer, 0x8010); answer_length = 3; return 0;
            case 0x30A2: case 0x3041: case 0x3066: return 0;
            case 0x2400:
                word(answer, 0x6666); word(answer + 3, 0x8000); answer_length = 6;
                if (fault_is("crc")) answer[2] ^= 1;
                ready.tv_nsec += 15500000;
                if (ready.tv_nsec >= 1000000000) { ready.tv_nsec -= 1000000000; ready.tv_sec++; }
                return 0;
            default: return EREMOTEIO;
            }
        }

        int ioctl(int fd, unsigned long request, ...) {
            va_list list; va_start(list, request); void *argument = va_arg(list, void *); va_end(list);
            int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
            if (fd != adapter || fd < 0) return real(fd, request, argument);
            switch (request) {
            case I2C_FUNCS: *(unsigned long *)argument = I2C_FUNC_I2C; return 0;
            case I2C_TIMEOUT: return 0;
            case I2C_SLAVE:
                if (fault_is("busy")) { errno = EBUSY; return -1; }
                return 0;
            case I2C_RDWR: {
                struct i2c_rdwr_ioctl_data *data = argument;
                for (unsigned i = 0; i < data->nmsgs; i++) {
                    int result = message(&data->msgs[i]);
                    if (result) { errno = result; return -1; }
                }
                return data->nmsgs;
            }
            default: errno = ENOTTY; return -1;
            }
        }
        """#
}
