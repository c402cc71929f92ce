import FoundationEssentials
import HTTPTypes
import HubProtocol
import Hummingbird
import NIOCore
import TelemetryJSON

extension Request {
    /// Reads the body whole.
    ///
    /// - Parameter limit: bytes; a longer body is refused, unread when its length is announced.
    /// - Returns: the body.
    /// - Throws: `HubError` when it is too large.
    func bytes(limit: Int) async throws -> [UInt8] {
        let tooLarge = HubError(.tooLarge, "the body has more than \(limit) bytes")
        if let announced = self.headers[.contentLength].flatMap(Int.init), announced > limit { throw tooLarge }
        do {
            return Array(try await self.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    /// Reads the body whole, as JSON.
    ///
    /// - Parameters:
    ///   - type: what it should hold.
    ///   - limit: bytes; a longer body is refused, unread when its length is announced.
    /// - Returns: the decoded body.
    /// - Throws: `HubError` that names the member at fault.
    func json<Value: Decodable>(_ type: Value.Type, limit: Int) async throws -> Value {
        try Request.decode(type, from: try await self.bytes(limit: limit))
    }

    /// Reads the body whole, as a JSON object.
    ///
    /// - Parameter limit: see ``json(_:limit:)``.
    /// - Returns: its members.
    /// - Throws: `HubError` when it is none.
    func object(limit: Int) async throws -> JSONObject {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: try await self.bytes(limit: limit))
        } catch let error as JSONError {
            throw HubError(.argumentInvalid, "the body is not JSON: \(error)")
        }
        guard case .object(let object) = value else {
            throw HubError(.argumentInvalid, "the body is not a JSON object, which it has to be")
        }
        return object
    }

    /// Decodes a body.
    ///
    /// - Throws: `HubError` that names the member at fault.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(HubError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw HubError(.argumentInvalid, Request.sentence(for: error))
        } catch {
            throw HubError(.argumentInvalid, "the body is not JSON")
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
