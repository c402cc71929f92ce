internal import HubProtocol

/// What a device asks of its twin.
struct TwinRequest: Sendable {
    var request: HubRequest
    var payload: [UInt8]
}
