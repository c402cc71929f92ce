/// A sensor that sends a line when it is asked.
package struct LineQuerySensor: SensorDriver {
    private let question: [UInt8]
    private var format: LineFormat
    private let exchange: LineExchange

    /// `question` is sent as it is, with its line end.
    package init(_ format: LineFormat, question: [UInt8], exchange: LineExchange) {
        self.question = question
        self.format = format
        self.exchange = exchange
    }

    package mutating func prepare() throws(SensorFault) {
        try self.exchange.open()
    }

    package mutating func start() throws(SensorFault) -> Duration {
        .zero  // a line carries one question at a time, so the whole of it is in `collect`
    }

    package mutating func collect() throws(SensorFault) -> [ChannelReading] {
        try self.exchange.readings(asking: self.question, as: &self.format)
    }
}
