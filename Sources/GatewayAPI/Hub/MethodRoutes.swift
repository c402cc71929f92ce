import DeviceHub
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel

/// Direct methods over HTTP.
///
/// Source: contract iothub-rest section 5.
struct MethodRoutes: Sendable {
    let methods: MethodService
    let configuration: APIConfiguration
    let now: @Sendable () -> Timestamp

    func add(to table: inout RouteTable) {
        table.add(.invokeMethod, use: self.invoke)
        table.add(.invokeModuleMethod, use: self.invoke)
    }

    /// 200 whatever status the device gave: that is in the body.
    @Sendable private func invoke(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let body = try await request.object(limit: self.configuration.documentBytesMax)
        let call = try MethodRoutes.call(body)
        switch await MethodRoutes.outcome(of: call, to: id, by: self.methods, for: context) {
        case nil:
            return Response(status: .clientClosedRequest)
        case .success(let answer):
            var writer = JSONWriter(capacity: answer.payload.count + 32)
            writer.beginObject()
            writer.key("status")
            writer.number(answer.status)
            writer.key("payload")
            writer.raw(answer.payload)
            writer.endObject()
            return .json(writer.bytes)
        case .failure(let error):
            return try MethodRoutes.answer(for: error, at: self.now())
        }
    }

    /// Calls a method; an error is a value, so that each route answers it in its own way. When the client leaves the call is
    /// forgotten, and the value is `nil`.
    static func outcome(
        of call: MethodCall,
        to id: IdentityID,
        by methods: MethodService,
        for context: APIContext
    ) async -> Result<MethodAnswer, HubError>? {
        let author = context.author
        return await context.channel.whileClientStays {
            await Result.of { () async throws(HubError) in try await methods.invoke(id, call, author: author) }
        }
    }

    /// The answer for a call that came to nothing, in the form of method errors; faults of the gateway are thrown, so that
    /// they are logged.
    static func answer(for error: HubError, at now: Timestamp) throws(HubError) -> Response {
        switch error.code {
        case .serverError, .unavailable: throw error
        default: return error.methodResponse(at: now)
        }
    }

    /// The call a body asks for. `payload` is any JSON; absent means none.
    static func call(_ body: JSONObject) throws(HubError) -> MethodCall {
        guard let name = body["methodName"]?.string else {
            throw HubError(.argumentInvalid, "the body has no text in “methodName”")
        }
        return try MethodCall(
            name: name,
            payload: body["payload"]?.bytes,
            responseTimeoutSeconds: try self.seconds("responseTimeoutInSeconds", in: body),
            connectTimeoutSeconds: try self.seconds("connectTimeoutInSeconds", in: body)
        )
    }

    private static func seconds(_ name: String, in body: JSONObject) throws(HubError) -> Int? {
        switch body[name] {
        case nil, .null?: return nil
        case .integer(let seconds)?: return Int(seconds)
        case .some(let value):
            throw HubError(.argumentInvalid, "\(name) is \(value.description.prefix(64)), expected whole seconds")
        }
    }
}

extension HTTPResponse.Status {
    /// The client has left: for logs and counters, nobody reads it.
    static let clientClosedRequest = HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
}
