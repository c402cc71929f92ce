/// The decimal numbers of sysfs attributes: `23125\n`, `-4368`, `10.725097`.
package enum SysfsNumber {
    /// Longest attribute read as a number, bytes.
    package static let lengthMax = 64

    /// Reads a number; throws `no_reply` for an empty file and `parse` for anything that is not a plain decimal.
    package static func parse(_ bytes: [UInt8], from path: String) throws(SensorFault) -> Double {
        var text = bytes[...]
        while let last = text.last, last == 0x0A || last == 0x20 { text = text.dropLast() }
        while text.first == 0x20 { text = text.dropFirst() }
        guard !text.isEmpty else { throw SensorFault(.noReply, "\(path) is empty") }
        let isDecimal = text.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2B || $0 == 0x2E }
        guard text.count <= self.lengthMax, isDecimal, let value = Double(String(decoding: text, as: UTF8.self)) else {
            throw SensorFault(.parse, "\(path) does not hold a number")
        }
        return value
    }
}
