extension BoardShim {
    /// Requests to the emulator and its answers, both with the machine's byte order:
    ///
    /// ```
    /// request │ kind 1 │ length 4 │ payload │        answer │ result 4: ≥ 0, or −errno │ length 4 │ payload │
    /// open: the path · slave: address 2 · functions · transfer: count 2, then each address 2, flags 2, length 2, bytes of a write
    /// answers: functions 8 · transfer: the bytes of its reads
    /// ```
    /// One connection is one open descriptor, and the descriptor is the connection: what leaks is seen on both sides.
    static let buses = #"""
        #define _GNU_SOURCE
        #include <dirent.h>
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/i2c-dev.h>
        #include <linux/i2c.h>
        #include <stdarg.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <unistd.h>

        enum { OPEN = 1, SLAVE, FUNCTIONS, TRANSFER };
        enum { FD_MAX = 4096 };

        // Descriptors that stand for an adapter, and the address last named by I2C_SLAVE.
        static unsigned char ours[FD_MAX];
        static unsigned short slaves[FD_MAX];

        static int is_ours(int fd) { return fd >= 0 && fd < FD_MAX && ours[fd]; }

        static ssize_t real_read(int fd, void *data, size_t length) {
            static ssize_t (*real)(int, void *, size_t);
            if (!real) real = dlsym(RTLD_NEXT, "read");
            return real(fd, data, length);
        }

        static ssize_t real_write(int fd, const void *data, size_t length) {
            static ssize_t (*real)(int, const void *, size_t);
            if (!real) real = dlsym(RTLD_NEXT, "write");
            return real(fd, data, length);
        }

        static int real_close(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, "close");
            return real(fd);
        }

        static int give(int fd, const void *data, size_t length) {
            while (length > 0) {
                ssize_t done = send(fd, data, length, MSG_NOSIGNAL);
                if (done < 0 && errno == EINTR) continue;
                if (done <= 0) return -1;
                data = (const char *)data + done;
                length -= done;
            }
            return 0;
        }

        static int take(int fd, void *data, size_t length) {
            while (length > 0) {
                ssize_t done = real_read(fd, data, length);
                if (done < 0 && errno == EINTR) continue;
                if (done <= 0) return -1;
                data = (char *)data + done;
                length -= done;
            }
            return 0;
        }

        // Asks the emulator; `answer` gets at most `capacity` bytes. Without an emulator there is no adapter.
        static int ask(int fd, unsigned char kind, const void *payload, uint32_t length, void *answer, uint32_t capacity) {
            unsigned char head[5];
            head[0] = kind;
            memcpy(head + 1, &length, 4);
            int32_t result;
            uint32_t count;
            if (give(fd, head, 5) || give(fd, payload, length) || take(fd, &result, 4) || take(fd, &count, 4)) return -ENODEV;
            if (count > capacity || take(fd, answer, count)) return -EIO;
            return result;
        }

        static int finish(int result) {
            if (result >= 0) return result;
            errno = -result;
            return -1;
        }

        static int open_adapter(const char *path, int flags) {
            const char *place = getenv("WEIR_I2C_SOCKET");
            struct sockaddr_un address = {.sun_family = AF_UNIX};
            if (!place || strlen(place) >= sizeof address.sun_path) return finish(-ENOENT);
            strcpy(address.sun_path, place);
            int fd = socket(AF_UNIX, SOCK_STREAM | (flags & O_CLOEXEC ? SOCK_CLOEXEC : 0), 0);
            if (fd < 0) return -1;
            int result = -ENOENT;
            if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
                result = ask(fd, OPEN, path, strlen(path), NULL, 0);
            if (result < 0 || fd >= FD_MAX) {
                real_close(fd);
                return finish(result < 0 ? result : -EMFILE);
            }
            ours[fd] = 1;
            slaves[fd] = 0;
            return fd;
        }

        // The kernel's folders of sensors, in the folder named by WEIR_SYSFS.
        static const char *moved(const char *path, char *buffer, size_t size) {
            static const char *const folders[] = {"/sys/class/hwmon", "/sys/bus/iio", "/sys/bus/w1", "/sys/bus/i2c"};
            const char *root = getenv("WEIR_SYSFS");
            for (int i = 0; root && i < 4; i++) {
                if (strncmp(path, folders[i], strlen(folders[i])) != 0) continue;
                snprintf(buffer, size, "%s%s", root, path);
                return buffer;
            }
            return path;
        }

        static int open_any(const char *symbol, const char *path, int flags, mode_t mode) {
            char buffer[4096];
            if (strncmp(path, "/dev/i2c-", 9) == 0) return open_adapter(path, flags);
            int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, symbol);
            return real(moved(path, buffer, sizeof buffer), flags, mode);
        }

        DIR *opendir(const char *path) {
            char buffer[4096];
            DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
            return real(moved(path, buffer, sizeof buffer));
        }

        int access(const char *path, int mode) {
            char buffer[4096];
            int (*real)(const char *, int) = dlsym(RTLD_NEXT, "access");
            return real(moved(path, buffer, sizeof buffer), mode);
        }

        char *realpath(const char *restrict path, char *restrict resolved) {
            char buffer[4096];
            char *(*real)(const char *, char *) = dlvsym(RTLD_NEXT, "realpath", "GLIBC_2.3");
            if (!real) real = dlsym(RTLD_NEXT, "realpath");
            return real(moved(path, buffer, sizeof buffer), resolved);
        }

        int open(const char *path, int flags, ...) {
            va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
            return open_any("open", path, flags, mode);
        }

        int open64(const char *path, int flags, ...) {
            va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
            return open_any("open64", path, flags, mode);
        }

        int close(int fd) {
            if (is_ours(fd)) ours[fd] = 0;
            return real_close(fd);
        }

        static int transfer(int fd, struct i2c_msg *messages, unsigned count) {
            static __thread unsigned char request[16384], answer[8192];
            uint16_t number = count;
            uint32_t length = 2, wanted = 0;
            if (count > I2C_RDWR_IOCTL_MAX_MSGS) return -EINVAL;
            memcpy(request, &number, 2);
            for (unsigned i = 0; i < count; i++) {
                struct i2c_msg *m = &messages[i];
                int reads = m->flags & I2C_M_RD;
                if (m->len > 8192 || length + 6 + m->len > sizeof request || wanted + m->len > sizeof answer) return -EINVAL;
                memcpy(request + length, &m->addr, 2);
                memcpy(request + length + 2, &m->flags, 2);
                memcpy(request + length + 4, &m->len, 2);
                length += 6;
                if (reads) wanted += m->len; else { memcpy(request + length, m->buf, m->len); length += m->len; }
            }
            int result = ask(fd, TRANSFER, request, length, answer, sizeof answer);
            if (result < 0) return result;
            unsigned char *next = answer;
            for (unsigned i = 0; i < count; i++) {
                if (!(messages[i].flags & I2C_M_RD)) continue;
                memcpy(messages[i].buf, next, messages[i].len);
                next += messages[i].len;
            }
            return result;
        }

        ssize_t read(int fd, void *data, size_t length) {
            if (!is_ours(fd)) return real_read(fd, data, length);
            struct i2c_msg message = {.addr = slaves[fd], .flags = I2C_M_RD, .len = length, .buf = data};
            int result = finish(transfer(fd, &message, 1));
            return result < 0 ? -1 : (ssize_t)length;
        }

        ssize_t write(int fd, const void *data, size_t length) {
            if (!is_ours(fd)) return real_write(fd, data, length);
            struct i2c_msg message = {.addr = slaves[fd], .len = length, .buf = (unsigned char *)data};
            int result = finish(transfer(fd, &message, 1));
            return result < 0 ? -1 : (ssize_t)length;
        }

        int ioctl(int fd, unsigned long request, ...) {
            va_list list; va_start(list, request); void *argument = va_arg(list, void *); va_end(list);
            if (!is_ours(fd)) {
                int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
                return real(fd, request, argument);
            }
            switch (request) {
            case I2C_FUNCS: return finish(ask(fd, FUNCTIONS, NULL, 0, argument, sizeof(unsigned long)));
            case I2C_TIMEOUT: case I2C_RETRIES: return 0;
            case I2C_SLAVE: {
                uint16_t address = (uintptr_t)argument;
                slaves[fd] = address;
                return finish(ask(fd, SLAVE, &address, 2, NULL, 0));
            }
            case I2C_RDWR: {
                struct i2c_rdwr_ioctl_data *data = argument;
                return finish(transfer(fd, data->msgs, data->nmsgs));
            }
            default: return finish(-ENOTTY);
            }
        }
        """#
}
