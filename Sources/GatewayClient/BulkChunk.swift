/// The devices of one bulk request.
struct BulkChunk: Equatable, Sendable {
    /// Where the first one stood in the sequence, from 0.
    var first: Int
    var devices: [NewDevice]
}
