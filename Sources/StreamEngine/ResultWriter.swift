/// Collects the results of one record and numbers them.
struct ResultWriter {
    let partition: Int
    let offset: Int64
    private(set) var ordinal = 0
    private(set) var results: [StreamResult]

    init(partition: Int, offset: Int64, results: consuming [StreamResult]) {
        self.partition = partition
        self.offset = offset
        self.results = results
    }

    mutating func append(_ output: StreamResult.Output, key: [UInt8], value: [UInt8], reason: String? = nil) {
        let source = StreamSource(partition: self.partition, offset: self.offset, ordinal: self.ordinal)
        self.results.append(StreamResult(output: output, key: key, value: value, source: source, reason: reason))
        self.ordinal += 1
    }
}
