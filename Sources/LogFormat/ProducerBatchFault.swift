/// Why a batch that a producer sent is not stored. Source: contracts/kafka.md §5.1.
package enum ProducerBatchFault: Error, Equatable, Sendable {
    /// Its length is not the one it states, or the CRC is another one: it was damaged on the way (error 2).
    case corruptMessage(String)
    /// It is whole and says something that no producer may say here (error 87).
    case invalidRecord(String)
    /// Another format than RecordBatch v2 (error 43).
    case unsupportedMagic(Int8)
    /// More bytes, header included, than the topic takes (error 10).
    case tooLarge(bytes: Int, limit: Int)
}

extension ProducerBatchFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .corruptMessage(let detail): "the batch was damaged on the way: \(detail)"
        case .invalidRecord(let detail): "the batch is not valid: \(detail)"
        case .unsupportedMagic(let magic): "message format \(magic) is not stored, only format 2: update the client"
        case .tooLarge(let bytes, let limit):
            "the batch has \(bytes) bytes, the topic takes \(limit): send smaller ones"
        }
    }
}
