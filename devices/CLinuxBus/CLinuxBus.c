#include "CLinuxBus.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timex.h>
#include <unistd.h>

int weir_i2c_transfer(int descriptor, struct i2c_msg *messages, uint32_t count) {
    struct i2c_rdwr_ioctl_data data = {.msgs = messages, .nmsgs = count};
    int done = ioctl(descriptor, I2C_RDWR, &data);
    return done < 0 ? -errno : done;
}

int weir_i2c_claim(int descriptor, uint16_t address) {
    return ioctl(descriptor, I2C_SLAVE, (unsigned long)address) < 0 ? -errno : 0;
}

int weir_i2c_functions(int descriptor, unsigned long *functions) {
    return ioctl(descriptor, I2C_FUNCS, functions) < 0 ? -errno : 0;
}

int weir_i2c_set_timeout(int descriptor, unsigned long units) {
    return ioctl(descriptor, I2C_TIMEOUT, units) < 0 ? -errno : 0;
}

int weir_event_descriptor(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int weir_signal_descriptor(int first, int second) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, first);
    sigaddset(&signals, second);
    int descriptor = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int weir_read_signal(int descriptor) {
    struct signalfd_siginfo info;
    return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

void weir_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

int weir_clock_state(void) {
    struct timex state = {.modes = 0};
    if (adjtimex(&state) < 0) return -errno;
    return state.status & STA_UNSYNC ? 0 : 1;
}
