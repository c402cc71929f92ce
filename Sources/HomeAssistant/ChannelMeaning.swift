/// What Home Assistant is told of a channel: device class, unit, state class, and how it is called.
///
/// Found from the channel's name, whose last part says what is measured: `temperature`, `roomTemperature`, `room_temp_f`,
/// `AM2301.humidity`. Without a unit in the name it is the one that the agent's quantities have (°C, %, hPa, ppm); a name
/// that says nothing is a number without unit, which Home Assistant draws all the same.
/// Source: Home Assistant, sensor entity, "Available device classes"; only those that releases since 2023 know.
package struct ChannelMeaning: Equatable, Sendable {
    /// `device_class`; `nil`: none.
    package var deviceClass: String?
    /// `unit_of_measurement`; `nil`: none.
    package var unit: String?
    /// `state_class`: without it, and without a unit, Home Assistant takes the value for a text.
    package var stateClass: String
    /// As people read it, at most ``nameLengthMax`` characters.
    package var name: String
    /// Whether it says how the device itself is doing: `health.…` of the agent.
    package var isDiagnostic: Bool
    /// Whether it is shown unless somebody hides it: of the agent's health only what an operator acts on.
    package var isShown: Bool

    /// Longest name in characters: with the device's it must fit into an entity id of 255.
    package static let nameLengthMax = 64

    /// What a channel's name says.
    ///
    /// - Parameter channel: the name, nested ones by their path: `bus.u`.
    package init(channel: String) {
        let parts = channel.split(separator: ".")
        self.isDiagnostic = parts.count > 1 && parts[0] == "health"
        self.isShown = !self.isDiagnostic || ChannelMeaning.shownHealth.contains(channel)
        let shown = self.isDiagnostic ? parts.dropFirst() : parts[...]
        var nameWords = shown.flatMap { ChannelWords.split($0) }
        // The unit is shown beside the value.
        if nameWords.count > 1, MeasuredQuantity.isUnit(nameWords[nameWords.count - 1]) { nameWords.removeLast() }
        self.name = ChannelMeaning.name(of: nameWords, else: channel)
        var words = ChannelWords.split(parts.last ?? "")
        while let last = words.last, last.allSatisfy(\.isNumber) { words.removeLast() }
        let found = MeasuredQuantity.find(in: words)
        self.deviceClass = found?.deviceClass
        self.unit = found?.unit
        self.stateClass = found?.deviceClass == "energy" ? "total_increasing" : "measurement"
    }

    private static let shownHealth: Set<String> = [
        "health.processorTemperature", "health.diskFreeBytes", "health.waitingReadings", "health.droppedReadings",
        "health.sensorsFailing",
    ]

    private static func name(of words: [String], else channel: String) -> String {
        guard let first = words.first else { return String(channel.prefix(self.nameLengthMax)) }
        let head =
            ChannelWords.upperCase.contains(first)
            ? first.uppercased() : first.prefix(1).uppercased() + first.dropFirst()
        let rest = words.dropFirst().map { ChannelWords.upperCase.contains($0) ? $0.uppercased() : $0 }
        return String(([head] + rest).joined(separator: " ").prefix(self.nameLengthMax))
    }
}
