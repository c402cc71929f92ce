import CLinuxBus
import Glibc
package import SensorKit

/// An adapter `/dev/i2c-N`, through combined transfers (I2C_RDWR). Used by its worker's thread only.
///
/// Opened when first needed and again after it was pulled out; owns the descriptor and closes it in every failing path.
/// Source: Documentation/i2c/dev-interface.rst.
package final class LinuxI2CBus: I2CBus {
    /// I2C_TIMEOUT in units of 10 ms: the kernel's default of one second would stall the bus's other sensors.
    private static let timeoutUnits: UInt = 20
    /// Longest transfer the kernel takes, bytes.
    private static let transferMax = 8_192

    private let path: String
    private var descriptor: Int32 = -1

    package init(path: String) {
        self.path = path
    }

    deinit {
        self.shut()
    }

    package func claim(_ address: UInt8) throws(SensorFault) {
        try self.open()
        let result = weir_i2c_claim(self.descriptor, UInt16(address))
        if result == -EBUSY {
            let driver = KernelScan.driver(at: address, of: self.path, in: LinuxSysfs())
            throw LinuxError.claimed(address, adapter: self.path, driver: driver)
        }
        if result < 0 { throw self.fault(-result, address) }
    }

    package func write(_ bytes: [UInt8], to address: UInt8) throws(SensorFault) {
        try self.open()
        var bytes = bytes
        let result = bytes.withUnsafeMutableBufferPointer { buffer in
            var message = Self.message(address, flags: 0, buffer)
            return weir_i2c_transfer(self.descriptor, &message, 1)
        }
        try self.check(result, of: 1, address)
    }

    package func read(_ count: Int, from address: UInt8) throws(SensorFault) -> [UInt8] {
        try self.open()
        var answer = [UInt8](repeating: 0, count: count)
        let result = answer.withUnsafeMutableBufferPointer { buffer in
            var message = Self.message(address, flags: UInt16(I2C_M_RD), buffer)
            return weir_i2c_transfer(self.descriptor, &message, 1)
        }
        try self.check(result, of: 1, address)
        return answer
    }

    package func writeRead(_ bytes: [UInt8], _ count: Int, at address: UInt8) throws(SensorFault) -> [UInt8] {
        try self.open()
        var bytes = bytes
        var answer = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBufferPointer { out in
            answer.withUnsafeMutableBufferPointer { buffer in
                var messages = [
                    Self.message(address, flags: 0, out), Self.message(address, flags: UInt16(I2C_M_RD), buffer),
                ]
                return weir_i2c_transfer(self.descriptor, &messages, 2)
            }
        }
        try self.check(result, of: 2, address)
        return answer
    }

    private static func message(
        _ address: UInt8,
        flags: UInt16,
        _ buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> i2c_msg {
        precondition(buffer.count <= Self.transferMax, "a transfer longer than the kernel takes")
        return i2c_msg(addr: UInt16(address), flags: flags, len: UInt16(buffer.count), buf: buffer.baseAddress)
    }

    private func open() throws(SensorFault) {
        guard self.descriptor < 0 else { return }
        let descriptor = Glibc.open(self.path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw self.fault(errno, nil) }
        self.descriptor = descriptor
        var functions: UInt = 0
        let result = weir_i2c_functions(descriptor, &functions)
        guard result == 0, functions & UInt(I2C_FUNC_I2C) != 0 else {
            self.shut()
            let detail = "\(self.path) is no I2C adapter for plain transfers; use another adapter"
            throw SensorFault(.busError, detail, retry: .afterRepair)
        }
        // An adapter that ignores the time limit keeps its own; the sensors still work.
        _ = weir_i2c_set_timeout(descriptor, Self.timeoutUnits)
    }

    private func check(_ result: Int32, of count: Int32, _ address: UInt8) throws(SensorFault) {
        if result < 0 { throw self.fault(-result, address) }
        if result != count { throw SensorFault(.busError, "\(self.path) did \(result) of \(count) messages") }
    }

    private func fault(_ number: Int32, _ address: UInt8?) -> SensorFault {
        let fault = LinuxError.i2c(number, adapter: self.path, address: address)
        // The descriptor of a removed adapter never works again.
        if fault.reason == .adapterGone { self.shut() }
        return fault
    }

    private func shut() {
        if self.descriptor >= 0 { close(self.descriptor) }
        self.descriptor = -1
    }
}
