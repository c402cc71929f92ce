import DeviceHub
import HTTPTypes
import HubProtocol
import Hummingbird
import TelemetryJSON
import TelemetryModel

/// Cloud-to-device messages over HTTP: sending, which is our own, feedback and purging.
///
/// Source: contract iothub-rest section 6.
struct MessageRoutes: Sendable {
    let messages: MessageService
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.sendMessage, use: self.send)
        table.add(.receiveFeedback, use: self.receiveFeedback)
        table.add(.completeFeedback, use: self.completeFeedback)
        table.add(.abandonFeedback, use: self.abandonFeedback)
        table.add(.purgeMessages, use: self.purge)
    }

    @Sendable private func send(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let device = try MessageRequest.device(request.headers[.messageTo])
        // One byte more than a message may have, so that the service says what is wrong.
        let payload = try await request.bytes(limit: CloudToDeviceMessage.payloadBytesMax + 1)
        let message = try MessageRequest.message(to: device, headers: request.headers, payload: payload)
        try await self.messages.send(message, author: context.author)
        return Response(status: .noContent)
    }

    @Sendable private func receiveFeedback(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        guard let batch = try await self.messages.nextFeedback() else { return Response(status: .noContent) }
        var response = Response.documents(batch.body)
        response.headers[.contentType] = "application/vnd.microsoft.iothub.feedback.json"
        response.headers[.eTag] = "\"\(batch.lock)\""
        response.headers[.enqueuedTime] = batch.enqueuedAt.description
        response.headers[.messageUserID] = self.configuration.hubNames.first ?? "localhost"
        return response
    }

    @Sendable private func completeFeedback(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        try await self.messages.completeFeedback(try MessageRequest.lock(context))
        return Response(status: .noContent)
    }

    @Sendable private func abandonFeedback(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        try await self.messages.abandonFeedback(try MessageRequest.lock(context))
        return Response(status: .noContent)
    }

    @Sendable private func purge(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let id = try PathParameters.identity(context)
        let count = try await self.messages.purge(id, author: context.author)
        return .document([
            "totalMessagesPurged": .integer(Int64(count)), "deviceId": .string(id.device), "moduleId": .null,
        ])
    }
}
