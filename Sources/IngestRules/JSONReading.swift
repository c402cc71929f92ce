import TelemetryJSON

/// One object of a JSON payload, as its scalars.
struct JSONReading {
    let scanner: JSONLeafScanner
    let payload: UnsafeBufferPointer<UInt8>
    let leaves: ArraySlice<JSONLeaf>

    init(scanner: JSONLeafScanner, payload: UnsafeBufferPointer<UInt8>, leaves: Range<Int>) {
        self.scanner = scanner
        self.payload = payload
        self.leaves = scanner.leaves[leaves]
    }

    func path(of leaf: JSONLeaf) -> ArraySlice<UInt8> {
        self.scanner.paths[leaf.path]
    }

    /// The first scalar at a path.
    func leaf(at path: [UInt8]) -> JSONLeaf? {
        self.leaves.first { self.path(of: $0).elementsEqual(path) }
    }

    func text(of leaf: JSONLeaf) -> [UInt8] {
        self.scanner.text(of: leaf, in: self.payload)
    }

    /// Bytes of all names and values.
    var textBytes: Int {
        self.leaves.reduce(0) { $0 + $1.path.count + $1.text.count + 4 }
    }
}
