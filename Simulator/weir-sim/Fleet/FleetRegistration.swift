import GatewayClient
import HubProtocol

/// Makes the fleet's devices known to the gateway and learns their keys.
enum FleetRegistration {
    /// Registers devices, each once; those that exist are used as they are.
    ///
    /// - Parameters:
    ///   - ids: the devices.
    ///   - client: the gateway's API.
    ///   - hubName: what user names and tokens are made for.
    /// - Returns: the members, in the order of `ids`.
    /// - Throws: when the gateway cannot be reached or refuses a device.
    static func register(_ ids: [String], client: GatewayClient, hubName: String) async throws(Failure) -> [FleetMember]
    {
        let devices = ids.map { NewDevice.withNewKeys(id: $0) }
        var keys = [String: String]()
        for device in devices { keys[device.id] = device.primaryKey }
        do {
            var bar = ProgressBar(title: "registering", total: ids.count)
            let refused = try await client.createDevices(devices) { bar.update($0) }
            for failure in refused {
                guard failure.code == "DeviceAlreadyExists" else {
                    throw Failure(
                        "the gateway did not register \(failure.deviceID): \(failure.message) (\(failure.code))"
                    )
                }
                let known = try await client.device(failure.deviceID)
                keys[failure.deviceID] = known.authentication.symmetricKey.primaryKey
            }
        } catch let error as GatewayClientError {
            throw Failure(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure("\(error)")
        }
        var members = [FleetMember]()
        for id in ids {
            guard let key = keys[id].flatMap(SASToken.keyBytes) else {
                throw Failure("the gateway gave no usable key for \(id): look at it with `weir device show \(id)`")
            }
            members.append(FleetMember(id: id, hubName: hubName, key: key))
        }
        return members
    }
}
