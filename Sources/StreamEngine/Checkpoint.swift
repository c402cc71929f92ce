internal import EventLog
internal import LogFormat
internal import TelemetryModel

/// The state of a stream between two records, as one file's bytes.
///
/// ```
///   8  magic "WEIRSTRM", as a little-endian integer
///   8  format version
///   …  configuration        the pipeline state is good for no other
///   …  input position       segment and byte; next offset of each partition
///   …  output positions     the end of each output then: what the stream wrote behind it belongs to later records
///   …  pipeline state
///   8  CRC-32C of all before
/// ```
struct Checkpoint: Equatable {
    static let version: UInt64 = 1
    private static let magic: UInt64 = 0x4D52_5453_5249_4557

    /// Why bytes are no checkpoint.
    enum Fault: Error, Equatable {
        case damaged
        /// Another version of the gateway wrote it.
        case version(UInt64)
    }

    /// What the pipeline state depends on.
    var configuration: [UInt8]
    /// The first record that is not in the state.
    var input: LogPosition
    /// The next offset of each input partition.
    var nextOffsets: [Int64]
    /// The end of each output, in the order of `StreamResult.Output`.
    var outputs: [LogPosition]
    /// What the pipeline wrote.
    var pipeline: [UInt8]

    var bytes: [UInt8] {
        var state = StateWriter()
        state.write(Checkpoint.magic)
        state.write(Checkpoint.version)
        state.write(self.configuration)
        state.write(self.input.segment)
        state.write(self.input.byte)
        state.write(self.nextOffsets.count)
        for offset in self.nextOffsets { state.write(offset) }
        state.write(self.outputs.count)
        for position in self.outputs {
            state.write(position.segment)
            state.write(position.byte)
        }
        state.write(self.pipeline)
        state.write(UInt64(CRC32C.checksum(state.bytes)))
        return state.bytes
    }

    init(
        configuration: [UInt8],
        input: LogPosition,
        nextOffsets: [Int64],
        outputs: [LogPosition],
        pipeline: [UInt8]
    ) {
        self.configuration = configuration
        self.input = input
        self.nextOffsets = nextOffsets
        self.outputs = outputs
        self.pipeline = pipeline
    }

    init(_ bytes: [UInt8]) throws(Fault) {
        let body = bytes.dropLast(8)
        let sum = body.withUnsafeBytes { CRC32C.checksum($0) }
        let stored = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard bytes.count > 24, stored == UInt64(sum) else { throw .damaged }
        var state = StateReader(Array(body))
        do {
            guard try state.readUInt64() == Checkpoint.magic else { throw Fault.damaged }
            let version = try state.readUInt64()
            guard version == Checkpoint.version else { throw Fault.version(version) }
            self.configuration = try state.readBytes()
            self.input = try LogPosition(reading: &state)
            self.nextOffsets = []
            for _ in 0..<(try state.readCount(ofSize: 8)) { self.nextOffsets.append(try state.readInt64()) }
            self.outputs = []
            for _ in 0..<(try state.readCount(ofSize: 16)) { self.outputs.append(try LogPosition(reading: &state)) }
            self.pipeline = try state.readBytes()
            guard state.isAtEnd else { throw Fault.damaged }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .damaged
        }
    }
}

extension LogPosition {
    fileprivate init(reading state: inout StateReader) throws(StateReader.Fault) {
        self.init(segment: try state.readUInt64(), byte: try state.readUInt64())
    }
}
