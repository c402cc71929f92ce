/// Which of the hub's topics a connection is subscribed to.
///
/// Source: contract iothub-mqtt section 10, provisioning section 3.
package struct HubSubscriptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `$iothub/methods/POST/#`: direct methods can be called.
    package static let methods = HubSubscriptions(rawValue: 1)
    /// `$iothub/twin/res/#`: answers to twin requests.
    package static let twinAnswers = HubSubscriptions(rawValue: 2)
    /// `$iothub/twin/PATCH/properties/desired/#`.
    package static let desiredPatches = HubSubscriptions(rawValue: 4)
    /// `devices/{d}/messages/devicebound/#`: cloud-to-device messages, of devices only.
    package static let devicebound = HubSubscriptions(rawValue: 8)
    /// `devices/{d}/modules/{m}/inputs/#`, of modules only.
    package static let inputs = HubSubscriptions(rawValue: 16)
    /// `$dps/registrations/res/#`.
    package static let provisioning = HubSubscriptions(rawValue: 32)
}
