package import TelemetryModel

/// One reading around an alert's beginning.
package struct AlertSample: Equatable, Sendable {
    /// The instant the device gave.
    package var time: Timestamp
    package var value: Double

    package init(time: Timestamp, value: Double) {
        self.time = time
        self.value = value
    }
}

extension AlertSample {
    static func write(_ samples: [AlertSample], to state: inout StateWriter) {
        state.write(samples.count)
        for sample in samples {
            state.write(sample.time)
            state.write(sample.value)
        }
    }

    static func read(atMost limit: Int, from state: inout StateReader) throws(StateReader.Fault) -> [AlertSample] {
        let count = try state.readCount(ofSize: 16)
        guard count <= limit else { throw state.fault }
        var samples: [AlertSample] = []
        samples.reserveCapacity(count)
        for _ in 0..<count {
            samples.append(AlertSample(time: try state.readTimestamp(), value: try state.readFinite()))
        }
        return samples
    }
}
