package import AsyncHTTPClient
package import FoundationEssentials
import Glibc
import HubProtocol
package import NIOCore
package import NIOHTTP1
import NIOPosix
package import TelemetryModel

/// The gateway's HTTP API, typed. One value may be used from many tasks; the process shares one connection pool.
package struct GatewayClient: Sendable {
    /// How long an answer may take to begin.
    package static let answerTimeout: TimeAmount = .seconds(30)
    /// The version of the contract this client was written for.
    private static let contractVersion = "2021-04-12"
    /// Life of a token; one is made for every request.
    private static let tokenLife: Duration = .seconds(3_600)
    /// Bytes of an answer that is read whole.
    private static let answerBytesMax = 32 << 20

    /// Where and as whom.
    package let connection: GatewayConnection
    private let now: @Sendable () -> Timestamp

    /// A client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - connection: where and as whom.
    ///   - now: wall time, for tokens.
    package init(connection: GatewayConnection, now: @escaping @Sendable () -> Timestamp = GatewayClient.wallClock) {
        self.connection = connection
        self.now = now
    }

    /// The time of day.
    package static let wallClock: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1_000))
    }

    /// Lives as long as the process. A refused connection is an answer, not something to wait out.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(20)  // less than the gateway's 60 s
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        configuration.timeout.connect = .seconds(10)
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    /// Sends a request and returns its answer when the status says done.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - path: the path, already percent-encoded.
    ///   - query: names and values, not encoded.
    ///   - headers: beyond `Authorization` and `Content-Type`.
    ///   - body: what to send.
    ///   - contentType: what the body is; `nil` says nothing of it.
    ///   - isStream: the body may last for ever; only its beginning has a time limit.
    ///   - timeout: how long the answer may take; of a stream, to begin.
    ///   - alsoAccepted: a status beyond 2xx that the caller reads itself.
    /// - Returns: the answer, its body not read yet.
    /// - Throws: `GatewayClientError` for every other answer.
    package func send(
        _ method: HTTPMethod,
        _ path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: Data? = nil,
        contentType: String? = "application/json; charset=utf-8",
        isStream: Bool = false,
        timeout: TimeAmount = GatewayClient.answerTimeout,
        alsoAccepted: UInt? = nil
    ) async throws(GatewayClientError) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: self.url(path, query: query))
        request.method = method
        request.headers.add(
            name: "Authorization",
            value: self.connection.authorization(expiry: self.now() + GatewayClient.tokenLife)
        )
        request.headers.add(name: "User-Agent", value: "weir")
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        if let body {
            if let contentType { request.headers.add(name: "Content-Type", value: contentType) }
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response: HTTPClientResponse
        do {
            response =
                try await isStream
                ? GatewayClient.begin(request, within: timeout) : GatewayClient.execute(request, within: timeout)
        } catch {
            throw self.translated(error)
        }
        let status = response.status.code
        guard (200..<300).contains(status) || status == alsoAccepted else {
            let body = try? await response.body.collect(upTo: 64 << 10)  // the status alone is a reason too
            throw self.refusal(response, body: body ?? ByteBuffer())
        }
        return response
    }

    /// Reads an answer whole, as JSON.
    package func decode<Value: Decodable>(
        _ type: Value.Type,
        from response: HTTPClientResponse
    ) async throws(GatewayClientError) -> Value {
        let bytes = try await self.bytes(of: response)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
        } catch {
            throw .unexpectedAnswer(address: self.connection.address, detail: "an answer that is not a \(type)")
        }
    }

    /// Reads an answer whole.
    package func bytes(of response: HTTPClientResponse) async throws(GatewayClientError) -> ByteBuffer {
        do {
            return try await response.body.collect(upTo: GatewayClient.answerBytesMax)
        } catch {
            throw self.translated(error)
        }
    }

    /// The place where errors of the HTTP library become ours.
    package func translated(_ error: any Error) -> GatewayClientError {
        let address = self.connection.address
        switch error {
        case let error as GatewayClientError:
            return error
        case let error as NIOConnectionError:
            let isRefused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
            if isRefused { return .notRunning(address: address) }
            let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "the host name is not known"
            return .unreachable(address: address, reason: reason)
        case let error as IOError:
            return error.errnoCode == ECONNREFUSED ? .notRunning(address: address) : .connectionLost(address: address)
        case HTTPParserError.invalidEOFState, is ChannelError:
            return .connectionLost(address: address)
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: return .unreachable(address: address, reason: "no answer within 10 s")
            case .deadlineExceeded, .readTimeout, .writeTimeout: return .timedOut(address: address)
            case .remoteConnectionClosed: return .connectionLost(address: address)
            default: return .unexpectedAnswer(address: address, detail: error.shortDescription)
            }
        case is NIOTooManyBytesError:
            return .unexpectedAnswer(address: address, detail: "an answer over \(GatewayClient.answerBytesMax) bytes")
        default:
            return .unexpectedAnswer(address: address, detail: "\(error)")
        }
    }

    private static func execute(
        _ request: HTTPClientRequest,
        within timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        try await GatewayClient.http.execute(request, deadline: .now() + timeout)
    }

    /// Waits for an answer's head only; its body may take as long as it likes.
    private static func begin(
        _ request: HTTPClientRequest,
        within timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        try await withThrowingTaskGroup(of: HTTPClientResponse?.self) { group in
            group.addTask { try await GatewayClient.http.execute(request, deadline: .distantFuture) }
            group.addTask {
                try await Task.sleep(nanoseconds: UInt64(timeout.nanoseconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let response = first else {
                throw HTTPClientError.deadlineExceeded
            }
            return response
        }
    }

    private func url(_ path: String, query: [(name: String, value: String)]) -> String {
        let pairs = query + [(name: "api-version", value: GatewayClient.contractVersion)]
        return "http://\(self.connection.address)\(path)?\(PropertyBag.encode(pairs))"
    }

    /// The error that an answer outside 2xx stands for.
    package func refusal(_ response: HTTPClientResponse, body: ByteBuffer) -> GatewayClientError {
        struct Body: Decodable {
            var message: String

            enum CodingKeys: String, CodingKey {
                case message = "Message"
            }
        }
        let status = Int(response.status.code)
        let text = (try? JSONDecoder().decode(Body.self, from: Data(body.readableBytesView)))?.message ?? ""
        let code = response.headers.first(name: "iothub-errorcode") ?? response.status.reasonPhrase
        let message =
            self.methodFault(in: text) ?? text.firstRange(of: ";").map { String(text[$0.upperBound...]) } ?? text
        guard status == 401 else { return .refused(status: status, code: code, message: message) }
        return .unauthorized(address: self.connection.address, origin: self.connection.origin, message: message)
    }

    /// The words in the JSON that errors of direct methods carry as their message; `nil` for any other message.
    ///
    /// Source: contract iothub-rest section 5.
    private func methodFault(in text: String) -> String? {
        struct Fault: Decodable {
            var message: String
        }
        guard text.hasPrefix("{") else { return nil }
        return (try? JSONDecoder().decode(Fault.self, from: Data(text.utf8)))?.message
    }
}
