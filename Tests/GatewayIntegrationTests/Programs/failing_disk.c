/* A disk that fails when a test says so, put under the gateway with LD_PRELOAD.
 *
 * FAILING_DISK_PATH     only files whose path holds this text are concerned
 * FAILING_DISK_TRIGGER  from the moment this file exists; it holds "sync" (fdatasync and fsync fail with EIO) or
 *                       "space" (writes fail with ENOSPC)
 * FAILING_DISK_LOG      one line for every call that was made to fail
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int fails(int descriptor, const char *how, const char *call) {
    const char *trigger = getenv("FAILING_DISK_TRIGGER");
    const char *part = getenv("FAILING_DISK_PATH");
    const char *log = getenv("FAILING_DISK_LOG");
    if (!trigger || !part || !log) return 0;
    int file = open(trigger, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char mode[16] = {0};
    ssize_t count = read(file, mode, sizeof mode - 1);
    close(file);
    if (count <= 0 || strcmp(mode, how) != 0) return 0;
    char link[64], path[4096] = {0};
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if (readlink(link, path, sizeof path - 1) < 0 || !strstr(path, part)) return 0;
    file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) {
        dprintf(file, "%s %s\n", call, path);
        close(file);
    }
    return 1;
}

int fdatasync(int descriptor) {
    if (fails(descriptor, "sync", "fdatasync")) {
        errno = EIO;
        return -1;
    }
    return REAL(fdatasync)(descriptor);
}

int fsync(int descriptor) {
    if (fails(descriptor, "sync", "fsync")) {
        errno = EIO;
        return -1;
    }
    return REAL(fsync)(descriptor);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (fails(descriptor, "space", "pwrite")) {
        errno = ENOSPC;
        return -1;
    }
    return REAL(pwrite)(descriptor, bytes, count, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *pieces, int count, off_t offset) {
    if (fails(descriptor, "space", "pwritev")) {
        errno = ENOSPC;
        return -1;
    }
    return REAL(pwritev)(descriptor, pieces, count, offset);
}
