import CLinuxBus
import Glibc
package import SensorKit

/// A serial port of Linux: `/dev/serial/by-id/…`, `/dev/ttyUSB0`, or any other terminal. Used by its worker's thread only.
///
/// Owns the descriptor, and closes it the moment the device is gone.
/// Source: termios(3), ioctl_tty(2); Documentation/driver-api/serial/serial-rs485.rst.
package final class LinuxSerialPort: SerialPort {
    /// Bytes taken with one call; the kernel keeps about as many.
    private static let readMax = 4_096
    /// How long a port may take to accept what is written to it.
    private static let writeMax: Duration = .seconds(1)

    package let path: String
    private let settings: SerialSettings
    private let clock: any BusClock
    private var buffer = [UInt8](repeating: 0, count: readMax)
    /// The open descriptor, for who waits for input or for its end.
    package private(set) var descriptor: Int32?

    package init(path: String, settings: SerialSettings, clock: any BusClock) {
        self.path = path
        self.settings = settings
        self.clock = clock
    }

    deinit {
        self.close()
    }

    package var isOpen: Bool { self.descriptor != nil }

    package func open() throws(SensorFault) {
        guard self.descriptor == nil else { return }
        let descriptor = Glibc.open(self.path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw LinuxError.serial(errno, port: self.path) }
        do throws(SensorFault) {
            try self.configure(descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    package func close() {
        guard let descriptor = self.descriptor else { return }
        Glibc.close(descriptor)
        self.descriptor = nil
    }

    package func write(_ bytes: [UInt8]) throws(SensorFault) {
        let descriptor = try self.opened()
        let deadline = self.clock.now + Self.writeMax
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                if count > 0 { continue }
            } else if errno != EAGAIN, errno != EINTR {
                throw self.failure(errno)
            }
            guard self.clock.now < deadline else {
                throw SensorFault(.busError, "\(self.path) takes no bytes", retry: .nextSample)
            }
            _ = self.wait(for: POLLOUT, of: descriptor, until: deadline)
        }
    }

    package func read(into bytes: inout [UInt8], until deadline: Duration) throws(SensorFault) -> Int {
        let descriptor = try self.opened()
        while true {
            let events = self.wait(for: POLLIN, of: descriptor, until: deadline)
            if events == 0 {
                guard self.clock.now < deadline else { return 0 }
                continue
            }
            let count = Glibc.read(descriptor, &self.buffer, self.buffer.count)
            if count > 0 {
                bytes += self.buffer[..<count]
                return count
            }
            if count < 0, errno != EAGAIN, errno != EINTR { throw self.failure(errno) }
            // Without bytes, the end of a terminal that is gone and a read that came too early look alike.
            if events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { throw self.failure(EIO) }
            guard self.clock.now < deadline else { return 0 }
        }
    }

    /// Closes the port when the device has gone since; what has come is left where it is.
    package func closeIfGone() {
        guard let descriptor = self.descriptor else { return }
        if self.wait(for: 0, of: descriptor, until: .zero) != 0 { self.close() }
    }

    private func configure(_ descriptor: Int32) throws(SensorFault) {
        let settings = self.settings
        let parity = CChar(bitPattern: settings.parity.rawValue.utf8.first ?? 0)
        let result = weir_serial_configure(
            descriptor,
            Int32(settings.rate),
            Int32(settings.dataBits),
            parity,
            Int32(settings.stopBits)
        )
        if result == -EINVAL {
            let wanted = "\(settings.rate) \(settings.frame)"
            throw SensorFault(.busError, "\(self.path) does not take \(wanted)", retry: .afterRepair)
        }
        if result < 0 { throw LinuxError.serial(-result, port: self.path) }
        let claimed = weir_serial_claim(descriptor)
        if claimed < 0 { throw LinuxError.serial(-claimed, port: self.path) }
        // An adapter whose driver cannot switch the transmitter does it by itself.
        if settings.isRS485 { _ = weir_serial_rs485(descriptor) }
    }

    private func opened() throws(SensorFault) -> Int32 {
        guard let descriptor = self.descriptor else { throw LinuxError.serial(ENODEV, port: self.path) }
        return descriptor
    }

    /// Closes the port when it is gone: as long as somebody has it open, the device comes back under another name.
    private func failure(_ number: Int32) -> SensorFault {
        let fault = LinuxError.serial(number, port: self.path)
        if fault.reason == .unplugged { self.close() }
        return fault
    }

    /// Waits for an event; 0 when none came in time.
    private func wait(for events: Int32, of descriptor: Int32, until deadline: Duration) -> Int16 {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let count = poll(&entry, 1, WakeEvent.milliseconds(deadline - self.clock.now))
        return count > 0 ? entry.revents : 0
    }
}
