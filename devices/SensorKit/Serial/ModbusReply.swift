/// Receives the answer to one request, byte by byte as it comes.
///
/// Frames end by their length and not by a pause: USB adapters deliver in bursts. One leading copy of the request is
/// taken for the echo of a half-duplex adapter. Whole frames of other units are answers that came too late for somebody
/// else, and are passed over.
/// ```
/// unit │ function        │ byte count │ registers, high byte first │ CRC low │ CRC high
/// unit │ function | 0x80 │ exception  │                              CRC low │ CRC high
/// ```
/// Pure. Source: Modbus Application Protocol V1.1b3, sections 6.3, 6.4 and 7; over Serial Line V1.02, section 2.5.
package struct ModbusReply: Sendable {
    package enum Progress: Equatable, Sendable {
        case incomplete
        case registers([UInt16])
        /// The unit refuses, with this code.
        case exception(UInt8)
        case fault(SensorFault)
    }

    /// More than an echo, some late answers and the longest frame; beyond that somebody talks without end.
    private static let lengthMax = 1_024

    private let request: ModbusRequest
    private let echo: [UInt8]
    private var bytes: [UInt8] = []
    private var total = 0
    private var mayEcho = true
    private var otherUnit: UInt8?

    package init(to request: ModbusRequest) {
        self.request = request
        self.echo = request.bytes
    }

    /// Takes bytes; everything but `incomplete` is the end.
    package mutating func received(_ new: some Collection<UInt8>) -> Progress {
        self.bytes += new
        self.total += new.count
        guard self.total <= Self.lengthMax else {
            return .fault(SensorFault(.badFrame, "unit \(self.request.unit): bytes come without end"))
        }
        while true {
            let frame = self.frame()
            if case .good(let length) = frame {
                if self.bytes[0] == self.request.unit { return self.answer(self.bytes[..<length]) }
                self.otherUnit = self.bytes[0]
                self.bytes.removeFirst(length)
            } else if self.mayEcho, self.bytes.starts(with: self.echo) {
                self.bytes.removeFirst(self.echo.count)
                self.mayEcho = false
            } else if self.mayEcho, self.echo.starts(with: self.bytes) {
                return .incomplete
            } else if case .bad(let fault) = frame {
                return .fault(fault)
            } else {
                return .incomplete
            }
        }
    }

    /// What a deadline means that passes now.
    package var faultAtDeadline: SensorFault {
        let unit = self.request.unit
        if !self.bytes.isEmpty {
            let count = "\(self.bytes.count) of \(self.request.answerLength) bytes"
            return SensorFault(.badFrame, "unit \(unit): only \(count) of the answer came in time", retry: .nextSample)
        }
        if let otherUnit = self.otherUnit {
            return SensorFault(.wrongUnit, "unit \(otherUnit) answered instead of \(unit)", retry: .nextSample)
        }
        let advice = self.mayEcho ? "check wiring, A and B, power, unit number, rate" : "only the adapter's echo came"
        return SensorFault(.noReply, "unit \(unit) does not answer; \(advice)", retry: .nextSample)
    }

    private enum Frame {
        case needsMore
        /// A whole frame of that many bytes with a good checksum.
        case good(length: Int)
        case bad(SensorFault)
    }

    /// What the bytes so far begin with.
    private func frame() -> Frame {
        guard self.bytes.count >= 3 else { return .needsMore }
        let (unit, function, count) = (self.bytes[0], self.bytes[1], Int(self.bytes[2]))
        guard ModbusRequest.unitRange.contains(Int(unit)) else { return self.badFrame("an answer from unit \(unit)") }
        guard ModbusRequest.Function(rawValue: function & 0x7F) != nil else {
            return self.badFrame("an answer with function \(function)")
        }
        let isOurs = unit == self.request.unit
        if isOurs, function & 0x7F != self.request.function.rawValue {
            return self.badFrame("an answer with function \(function) to function \(self.request.function.rawValue)")
        }
        var length = 5
        if function & 0x80 == 0 {
            let isPossible = count % 2 == 0 && (2...2 * ModbusRequest.countMax).contains(count)
            guard isPossible, !isOurs || count == 2 * self.request.count else {
                return self.badFrame("an answer of \(count) bytes where \(2 * self.request.count) were asked for")
            }
            length += count
        }
        guard self.bytes.count >= length else { return .needsMore }
        guard ModbusCRC.isGood(self.bytes[..<length]) else {
            let advice = "often a long cable, missing termination or a wrong parity"
            return .bad(SensorFault(.crc, "unit \(self.request.unit): wrong checksum; \(advice)"))
        }
        return .good(length: length)
    }

    private func badFrame(_ what: String) -> Frame {
        .bad(SensorFault(.badFrame, "unit \(self.request.unit): \(what)"))
    }

    private func answer(_ frame: ArraySlice<UInt8>) -> Progress {
        guard frame[1] & 0x80 == 0 else { return .exception(frame[2]) }
        return .registers((0..<self.request.count).map { UInt16(frame[3 + 2 * $0]) << 8 | UInt16(frame[4 + 2 * $0]) })
    }
}
