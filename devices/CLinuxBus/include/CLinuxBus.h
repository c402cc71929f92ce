// What Swift cannot name in Linux: the requests of i2c-dev and serial ports (`ioctl` is variadic), an eventfd, a signalfd,
// a thread's name, whether the clock is synchronised, which pages hold code.
// Source: linux/i2c-dev.h, linux/i2c.h; Documentation/i2c/dev-interface.rst; termios(3), ioctl_tty(2), linux/serial.h;
// adjtimex(2), dl_iterate_phdr(3), madvise(2).
#ifndef WEIR_CLINUXBUS_H
#define WEIR_CLINUXBUS_H

#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdint.h>

/// Carries out messages as one combined transfer (I2C_RDWR). Returns how many were done, or -errno.
int weir_i2c_transfer(int descriptor, struct i2c_msg *messages, uint32_t count);

/// Asks whether `address` is free (I2C_SLAVE, never I2C_SLAVE_FORCE). Returns 0, or -errno: EBUSY when a kernel driver has it.
int weir_i2c_claim(int descriptor, uint16_t address);

/// Reads what the adapter can (I2C_FUNCS) into `functions`. Returns 0, or -errno.
int weir_i2c_functions(int descriptor, unsigned long *functions);

/// Sets how long the adapter waits for a stuck bus (I2C_TIMEOUT), in units of 10 ms. Returns 0, or -errno.
int weir_i2c_set_timeout(int descriptor, unsigned long units);

/// Makes a port raw, with these settings and no waiting in `read`; reads them back, since `tcsetattr` succeeds when any part
/// of them was taken. Returns 0, or -errno: EINVAL when the port did not take all of them.
int weir_serial_configure(int descriptor, int rate, int data_bits, char parity, int stop_bits);

/// Lets nobody else open the port (TIOCEXCL). Returns 0, or -errno.
int weir_serial_claim(int descriptor);

/// Makes the driver switch an RS-485 transmitter by RTS (TIOCSRS485). Returns 0, or -errno: ENOTTY when the driver cannot,
/// usually because the adapter does it by itself.
int weir_serial_rs485(int descriptor);

/// A nonblocking, close-on-exec eventfd that starts at 0. Returns the descriptor, or -errno.
int weir_event_descriptor(void);

/// A nonblocking, close-on-exec descriptor that is readable while one of the two (blocked) signals waits. Or -errno.
int weir_signal_descriptor(int first, int second);

/// Takes a waiting signal; 0 when there is none.
int weir_read_signal(int descriptor);

/// Names the calling thread, for `top -H`; cut to 15 bytes.
void weir_name_thread(const char *name);

/// Whether the kernel holds its clock for synchronised (adjtimex without STA_UNSYNC): 1 or 0, or -errno: EPERM when a
/// sandbox forbids even to ask. Changes nothing.
int weir_clock_state(void);

/// Takes the code and constants of the program and its libraries out of the process's memory. They stay in the system's
/// cache of files as long as there is room: what still runs is mapped again without reading, 64 KiB for each page fault.
/// Segments that may be written to and objects whose code the loader has relocated are left alone. Breakpoints that a
/// debugger has set in code go with it.
void weir_release_code(void);

#endif
