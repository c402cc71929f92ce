import FoundationEssentials
import HTTPTypes
import HubProtocol
import Hummingbird
import NIOCore

extension Request {
    /// Reads the body whole, as JSON.
    ///
    /// - Parameters:
    ///   - type: what it should hold.
    ///   - limit: bytes; a longer body is refused, unread when its length is announced.
    /// - Returns: the decoded body.
    /// - Throws: `HubError` that names the member at fault.
    func json<Value: Decodable>(_ type: Value.Type, limit: Int) async throws -> Value {
        let tooLarge = HubError(.tooLarge, "the body has more than \(limit) bytes")
        if let announced = self.headers[.contentLength].flatMap(Int.init), announced > limit { throw tooLarge }
        let body: ByteBuffer
        do {
            body = try await self.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch let error as DecodingError {
            throw HubError(.argumentInvalid, Request.sentence(for: error))
        }
    }

    private static func sentence(for error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? "the body" : "“\(path)”"
        }
        return switch error {
        case .typeMismatch(let type, let context): "\(place(context)) has the wrong type, expected \(type)"
        case .valueNotFound(let type, let context): "\(place(context)) is null, expected \(type)"
        case .keyNotFound(let key, let context): "\(place(context)) has no “\(key.stringValue)”"
        case .dataCorrupted: "the body is not JSON"
        @unknown default: "the body cannot be read"
        }
    }
}
