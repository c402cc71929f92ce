/// What can be set of the hub.
package struct HubConfiguration: Sendable {
    /// In the headers of the hub's records.
    package var hubName: String
    /// How long a cloud-to-device message lives whose sender does not say: 1 minute to 2 days.
    ///
    /// Source: contract iothub-mqtt section 13.
    package var messageLife: Duration

    /// The contract's defaults.
    package init(hubName: String, messageLife: Duration = .seconds(3_600)) {
        self.hubName = hubName
        self.messageLife = messageLife
    }
}
