import DeviceHub
import HTTPTypes
import HubProtocol
import Hummingbird
import NIOCore
import TelemetryModel

/// The whole registry as JSON lines, which a bulk request takes again: `weir device export`.
///
/// Keys and the hashes of passwords are in it; so it is for who may write the registry.
struct ExportRoutes: Sendable {
    let identities: IdentityService
    let counters: APICounters
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.exportRegistry, use: self.export)
    }

    /// The next page is read when the client has taken the one before; one that cannot be read ends the answer without its
    /// last chunk, so that the client notices.
    @Sendable private func export(_ request: Request, context: APIContext) async throws -> Response {
        try QueryParameters(request.uri).requireVersion()
        let first = try await self.identities.export(after: nil)
        let place = try StreamPlace(among: self.configuration.streamsMax, self.counters)
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-ndjson"],
            body: ResponseBody { [identities] writer in
                defer { withExtendedLifetime(place) {} }
                var page = first
                while let last = page.last {
                    try await writer.write(ByteBuffer(bytes: page.lines))
                    page = try await identities.export(after: last)
                }
                try await writer.finish(nil)
            }
        )
    }
}
