/// The sensors of one serial line that send a line when they are asked.
///
/// The line is listened to until it is silent before a question, so that no older answer is taken for the next one's; after
/// a question without an answer that silence is waited for as long as the answer was. Used by one thread only.
package final class LineExchange {
    private static let silence: Duration = .milliseconds(20)
    private static let silenceWaitMax: Duration = .milliseconds(500)

    private let port: any SerialPort
    private let settings: SerialSettings
    private let replyDeadline: Duration
    private let clock: any BusClock
    private var received: [UInt8] = []
    private var lateUntil: Duration = .zero

    /// `replyDeadline` is from the end of the question to the end of the answer.
    package init(port: any SerialPort, settings: SerialSettings, replyDeadline: Duration, clock: any BusClock) {
        self.port = port
        self.settings = settings
        self.replyDeadline = replyDeadline
        self.clock = clock
    }

    package func open() throws(SensorFault) {
        try self.port.open()
    }

    /// Asks, and returns what the first line says that is an answer; echoes and greetings are none.
    package func readings(asking question: [UInt8], as format: inout LineFormat) throws(SensorFault) -> [ChannelReading]
    {
        try self.port.open()
        try self.drain()
        try self.port.write(question)
        let deadline = self.clock.now + self.settings.time(ofCharacters: question.count) + self.replyDeadline
        var assembler = LineAssembler(startsWithin: false)
        var answer: [ChannelReading]?
        let echo = question.prefix { $0 != 0x0D && $0 != 0x0A }
        var lines = 0
        while answer == nil {
            self.received.removeAll(keepingCapacity: true)
            let count = try self.port.read(into: &self.received, until: deadline)
            assembler.append(self.received) { line in
                let line = Self.line(line, without: echo)
                guard !line.isEmpty else { return }
                lines += 1
                answer = answer ?? format.readings(in: line)
            }
            if answer == nil, count == 0 || self.clock.now >= deadline {
                self.lateUntil = self.clock.now + self.replyDeadline
                guard lines == 0 else {
                    throw SensorFault(.parse, "\(lines) lines came without any of its values", retry: .nextSample)
                }
                throw SensorFault(.noReply, "no line came; check wiring, power, rate, query", retry: .nextSample)
            }
        }
        return answer ?? []
    }

    /// A line without an echo at its begin: one whose question ends with CR alone shares the line with the answer.
    private static func line(_ line: ArraySlice<UInt8>, without echo: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = line.dropFirst(echo.count)
        guard line.starts(with: echo), rest.isEmpty || rest.first == 0x0D else { return line }
        return rest.drop { $0 == 0x0D }
    }

    private func drain() throws(SensorFault) {
        let end = max(self.clock.now + Self.silenceWaitMax, self.lateUntil)
        repeat {
            self.received.removeAll(keepingCapacity: true)
            let silentAt = max(self.clock.now + Self.silence, self.lateUntil)
            guard try self.port.read(into: &self.received, until: silentAt) > 0 else { break }
        } while self.clock.now < end
    }
}
