package import CoreMetrics

/// The hub's metrics; handles are made once.
///
/// | name | labels | what |
/// | --- | --- | --- |
/// | `weir_hub_devices_connected` | | devices of the hub that are connected now |
/// | `weir_hub_twin_reads` | | twins that devices read |
/// | `weir_hub_twin_writes` | | twins that were changed, by devices and operators |
/// | `weir_hub_twin_requests_refused` | | requests of devices that were answered with an error |
/// | `weir_hub_methods` | `outcome` | calls of direct methods, ``MethodOutcome`` |
/// | `weir_hub_method_call` | | seconds from a call to the device's answer |
/// | `weir_hub_messages_delivered` | | cloud-to-device messages that devices acknowledged |
/// | `weir_hub_events_waiting` | | events that are not in the log yet |
package struct HubMetrics: Sendable {
    let devices: Meter
    let twinReads: Counter
    let twinWrites: Counter
    let twinRequestsRefused: Counter
    let methodCall: Timer
    let messagesDelivered: Counter
    let eventsWaiting: Meter
    private let methods: [MethodOutcome: Counter]

    /// Handles of a factory.
    package init(factory: any MetricsFactory = MetricsSystem.factory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "weir_hub_\(name)", dimensions: dimensions, factory: factory)
        }
        self.devices = Meter(label: "weir_hub_devices_connected", factory: factory)
        self.twinReads = counter("twin_reads")
        self.twinWrites = counter("twin_writes")
        self.twinRequestsRefused = counter("twin_requests_refused")
        self.methodCall = Timer(label: "weir_hub_method_call", factory: factory)
        self.messagesDelivered = counter("messages_delivered")
        self.eventsWaiting = Meter(label: "weir_hub_events_waiting", factory: factory)
        self.methods = Dictionary(
            uniqueKeysWithValues: MethodOutcome.allCases.map { ($0, counter("methods", [("outcome", $0.rawValue)])) }
        )
    }

    /// A call ended.
    func noteMethod(_ outcome: MethodOutcome) {
        self.methods[outcome]?.increment()
    }
}
