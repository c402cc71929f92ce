#define _GNU_SOURCE  // dl_iterate_phdr
#include "CLinuxBus.h"

#include <errno.h>
#include <link.h>
#include <linux/serial.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timex.h>
#include <termios.h>
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

static speed_t speed(int rate) {
    switch (rate) {
    case 300: return B300;
    case 600: return B600;
    case 1200: return B1200;
    case 2400: return B2400;
    case 4800: return B4800;
    case 9600: return B9600;
    case 19200: return B19200;
    case 38400: return B38400;
    case 57600: return B57600;
    case 115200: return B115200;
    case 230400: return B230400;
    case 460800: return B460800;
    case 921600: return B921600;
    default: return B0;
    }
}

int weir_serial_configure(int descriptor, int rate, int data_bits, char parity, int stop_bits) {
    struct termios wanted, got;
    if (speed(rate) == B0) return -EINVAL;
    if (tcgetattr(descriptor, &wanted) < 0) return -errno;
    cfmakeraw(&wanted);
    wanted.c_iflag &= ~(tcflag_t)(IXOFF | IXANY | INPCK);
    wanted.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | HUPCL | CRTSCTS);
    wanted.c_cflag |= CREAD | CLOCAL | (data_bits == 7 ? CS7 : CS8);
    if (parity != 'N') wanted.c_cflag |= PARENB;
    if (parity == 'O') wanted.c_cflag |= PARODD;
    if (stop_bits == 2) wanted.c_cflag |= CSTOPB;
    wanted.c_cc[VMIN] = 0;
    wanted.c_cc[VTIME] = 0;
    if (cfsetispeed(&wanted, speed(rate)) < 0 || cfsetospeed(&wanted, speed(rate)) < 0) return -errno;
    if (tcsetattr(descriptor, TCSANOW, &wanted) < 0 || tcgetattr(descriptor, &got) < 0) return -errno;
    tcflag_t frame = CSIZE | PARENB | PARODD | CSTOPB;
    int same = (got.c_cflag & frame) == (wanted.c_cflag & frame) && cfgetospeed(&got) == speed(rate)
        && !(got.c_lflag & (ICANON | ECHO | ISIG)) && !(got.c_oflag & OPOST);
    if (!same) return -EINVAL;
    return tcflush(descriptor, TCIOFLUSH) < 0 ? -errno : 0;
}

int weir_serial_claim(int descriptor) {
    return ioctl(descriptor, TIOCEXCL) < 0 ? -errno : 0;
}

int weir_serial_rs485(int descriptor) {
    struct serial_rs485 settings = {.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND};
    return ioctl(descriptor, TIOCSRS485, &settings) < 0 ? -errno : 0;
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

static int has_relocated_code(const struct dl_phdr_info *object) {
    for (int index = 0; index < object->dlpi_phnum; index++) {
        if (object->dlpi_phdr[index].p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[index].p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL) return 1;
            if (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL) return 1;
        }
    }
    return 0;
}

static int release_code(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    uintptr_t page = *(const uintptr_t *)context;
    if (has_relocated_code(object)) return 0;
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        // Of a segment that may be written to, the pages that were would come back as they are in the file.
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t begin = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz + page - 1) & ~(page - 1);
        madvise((void *)begin, end - begin, MADV_DONTNEED);  // refused for locked memory: then it stays
    }
    return 0;
}

void weir_release_code(void) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    dl_iterate_phdr(release_code, &page);
}
