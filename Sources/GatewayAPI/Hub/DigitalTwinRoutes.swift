import DeviceHub
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel
import TwinModel

/// Digital twins over HTTP: twins and direct methods in the words of device models.
///
/// Source: contract iothub-rest section 9.
struct DigitalTwinRoutes: Sendable {
    let twins: TwinService
    let methods: MethodService
    let configuration: APIConfiguration
    let now: @Sendable () -> Timestamp

    func add(to table: inout RouteTable) {
        table.add(.getDigitalTwin, use: self.get)
        table.add(.updateDigitalTwin, use: self.update)
        table.add(.invokeCommand, use: self.invoke)
        table.add(.invokeComponentCommand, use: self.invoke)
    }

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let view = try await self.twins.twin(try PathParameters.identity(context))
        return .document(DigitalTwin.document(of: view.document), etag: view.etag)
    }

    @Sendable private func update(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let bytes = try await request.bytes(limit: self.configuration.documentBytesMax)
        let condition = request.headers[.ifMatch].map(EntityTagCondition.init(header:)) ?? .any
        let patch = try DigitalTwinRoutes.patch(bytes)
        let view = try await self.twins.update(id, patch, ifMatch: condition, author: context.author)
        var response = Response(status: .accepted)
        response.headers[.eTag] = "\"\(view.etag)\""
        response.headers[.location] = "/digitaltwins/\(PercentEncoding.encode(id.device))"
        return response
    }

    private static func patch(_ bytes: [UInt8]) throws(HubError) -> TwinPatch {
        let operations: JSONValue
        do {
            operations = try JSONValue(parsing: bytes, wideIntegers: .refused)
        } catch {
            throw HubError(.argumentInvalid, "the body is not JSON: \(error)")
        }
        let body = try DigitalTwin.twinPatch(for: operations)
        do {
            return try TwinPatch(body)
        } catch {
            throw HubError(twin: error)
        }
    }

    @Sendable private func invoke(_ request: Request, context: APIContext) async throws -> Response {
        let query = try QueryParameters(request.uri)
        try query.requireVersion()
        let id = try PathParameters.identity(context)
        let component =
            try context.parameters.get("component") == nil ? nil : PathParameters.text("component", context)
        let command = try PathParameters.text("command", context)
        let payload = try await request.bytes(limit: MethodCall.payloadBytesMax + 1)
        let call = try MethodCall(
            name: DigitalTwin.methodName(command: command, component: component),
            payload: payload.isEmpty ? nil : payload,
            responseTimeoutSeconds: try query.integer(
                "responseTimeoutInSeconds",
                in: MethodCall.responseSeconds
            ),
            connectTimeoutSeconds: try query.integer("connectTimeoutInSeconds", in: MethodCall.connectSeconds)
        )
        switch await MethodRoutes.outcome(of: call, to: id, by: self.methods, for: context) {
        case nil:
            return Response(status: .clientClosedRequest)
        case .success(let answer):
            var response = Response.json(answer.payload)
            response.headers[.commandStatus] = "\(answer.status)"
            response.headers[.commandRequestID] = String(UInt64.random(in: .min ... .max), radix: 16)
            return response
        case .failure(let error):
            return try MethodRoutes.answer(for: error, at: self.now())
        }
    }
}
