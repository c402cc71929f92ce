import Glibc
import SensorKit

/// Error numbers of Linux as faults with the reasons of the sensor contract, and the fix where a person has to act.
enum LinuxError {
    static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        // The GNU variant returns the text, which may or may not be in the buffer.
        return buffer.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, strerror_r(number, base, buffer.count) == 0 else {
                return "error \(number)"
            }
            return String(cString: base)
        }
    }

    /// A failed transfer or opening of an I2C adapter.
    ///
    /// Source: Documentation/i2c/fault-codes.rst; bcm2835, DesignWare and i2c-gpio drivers.
    static func i2c(_ number: Int32, adapter: String, address: UInt8?) -> SensorFault {
        let place = address.map { "0x\(String($0, radix: 16)) on \(adapter)" } ?? adapter
        switch number {
        case EREMOTEIO, ENXIO:
            return SensorFault(.nack, "nothing answers at \(place); check wiring, power and address")
        case ETIMEDOUT:
            return SensorFault(.timeout, "\(adapter) does not move; a chip may hold SDA low, or pull-ups are missing")
        case EAGAIN:
            return SensorFault(.arbitration, "another controller is on \(adapter)")
        case EBUSY:
            return SensorFault(.busError, "\(adapter) is busy with another transfer")
        case ENODEV, ENOENT:
            return SensorFault(.adapterGone, "there is no \(adapter); is I2C switched on, the adapter plugged in?")
        case EACCES, EPERM:
            return SensorFault(.permission, "no access to \(adapter); add the agent's user to the group i2c")
        case EOPNOTSUPP:
            let detail = "\(adapter) cannot do this transfer (\(self.text(number))); use another adapter"
            return SensorFault(.busError, detail, retry: .afterRepair)
        default:
            return SensorFault(.busError, "\(place): \(self.text(number))")
        }
    }

    /// A failed opening, reading or writing of a serial port.
    static func serial(_ number: Int32, port: String) -> SensorFault {
        switch number {
        case ENOENT, ENXIO, ENODEV, EIO:
            return SensorFault(.unplugged, "there is no \(port); it is looked for")
        case EBUSY:
            return SensorFault(.claimed, "another program has \(port) open")
        case EACCES, EPERM:
            return SensorFault(.permission, "no access to \(port); add the agent's user to the group dialout")
        case ENOTTY:
            return SensorFault(.busError, "\(port) is no serial port", retry: .afterRepair)
        default:
            return SensorFault(.busError, "\(port): \(self.text(number))")
        }
    }

    /// An address that a kernel driver owns; `driver` is its name where it is known.
    static func claimed(_ address: UInt8, adapter: String, driver: String?) -> SensorFault {
        let name = driver.map { " (\($0))" } ?? ""
        let place = "0x\(String(address, radix: 16)) on \(adapter)"
        return SensorFault(.claimed, "a kernel driver\(name) owns \(place); read it with type hwmon or iio instead")
    }

    /// A failed read of a kernel driver's file.
    static func sysfs(_ number: Int32, path: String) -> SensorFault {
        switch number {
        case ENOENT, ENODEV:
            SensorFault(.adapterGone, "there is no \(path)")
        case ETIMEDOUT:
            SensorFault(.timeout, "\(path): the driver had no answer from the chip")
        case EAGAIN, ENODATA:
            SensorFault(.notReady, "\(path): \(self.text(number))")
        case EREMOTEIO, ENXIO:
            SensorFault(.nack, "\(path): the chip does not answer the driver")
        case EACCES, EPERM:
            SensorFault(.permission, "no access to \(path) for the agent's user")
        default:
            SensorFault(.busError, "\(path): \(self.text(number))")
        }
    }
}
