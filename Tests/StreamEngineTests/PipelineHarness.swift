import StreamEngine
import TelemetryModel

/// Feeds a pipeline records and shows what it makes.
struct PipelineHarness {
    var pipeline: StreamPipeline
    private(set) var results: [StreamResult] = []
    private var offset: Int64 = 0
    let configuration: StreamConfiguration

    init(_ configuration: StreamConfiguration = StreamConfiguration(checkpointDirectory: "/nowhere")) {
        self.configuration = configuration
        self.pipeline = StreamPipeline(configuration)
    }

    /// Processes one record, enqueued at so many seconds, and returns what it makes.
    @discardableResult
    mutating func feed(_ device: String?, _ payload: String, at seconds: Double) -> [StreamResult] {
        self.feed(device, Array(payload.utf8), at: seconds)
    }

    @discardableResult
    mutating func feed(_ device: String?, _ payload: [UInt8], at seconds: Double) -> [StreamResult] {
        var made: [StreamResult] = []
        let time = Timestamp(milliseconds: Int64(seconds * 1_000))
        let key = device.map { Array($0.utf8) }
        payload.withUnsafeBufferPointer { payload in
            if let key {
                key.withUnsafeBufferPointer { key in
                    self.pipeline.process(
                        key: key,
                        value: payload,
                        at: time,
                        partition: 1,
                        offset: self.offset,
                        results: &made
                    )
                }
            } else {
                self.pipeline.process(
                    key: nil,
                    value: payload,
                    at: time,
                    partition: 1,
                    offset: self.offset,
                    results: &made
                )
            }
        }
        self.offset += 1
        self.results += made
        return made
    }

    /// Writes the state and reads it back.
    mutating func restore() throws {
        var state = StateWriter()
        self.pipeline.write(to: &state)
        var reader = StateReader(state.bytes)
        self.pipeline = try StreamPipeline(self.configuration, reading: &reader)
        precondition(reader.isAtEnd)
    }
}

extension StreamResult {
    var text: String { String(decoding: self.value, as: UTF8.self) }
}
