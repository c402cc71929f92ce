import HubProtocol
import Hummingbird

/// Files of devices need blob storage, which there is not.
///
/// Source: contract iothub-mqtt section 11.
struct FileRoutes: Sendable {
    func add(to table: inout RouteTable) {
        table.add(.startUpload, use: self.refuse)
        table.add(.finishUpload, use: self.refuse)
    }

    /// Says the same to everybody: a device's token opens nothing here.
    @Sendable private func refuse(_ request: Request, context: APIContext) throws -> Response {
        throw HubError(.notSupported, "this gateway has no blob storage: a device cannot upload files")
    }
}
