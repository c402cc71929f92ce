import TelemetryModel

/// The properties a device puts behind `/messages/events/` in the topic, and their names in a record's headers.
///
/// Names are decoded before comparison (`%24.mid` is `$.mid`). Source: contract iothub-mqtt section 4.
package enum PropertyBag {
    /// One property under the name its record's header has.
    package struct Property: Equatable, Sendable {
        /// The header's name.
        package var name: String
        /// The value; empty when the bag gave none.
        package var value: String

        /// A property.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Whose property a stored header is, with the name shown to users.
    package enum Owner: Equatable, Sendable {
        /// Set by the hub or meant for it.
        case system(String)
        /// Set by the device's program.
        case application(String)
    }

    /// Reads a bag.
    ///
    /// - Parameter bag: the topic's bytes after `/messages/events/`.
    /// - Returns: the properties in order, under their stored names.
    /// - Throws: `HubSyntaxError` for what is not percent-encoded UTF-8.
    package static func parse(_ bag: some Collection<UInt8>) throws(HubSyntaxError) -> [Property] {
        // A copy, since generic code is not specialised for callers in other modules: they would pay for every byte.
        try PropertyBag.properties(Array(bag)[...])
    }

    private static func properties(_ bag: ArraySlice<UInt8>) throws(HubSyntaxError) -> [Property] {
        var rest = bag
        if rest.first == UInt8(ascii: "?") { rest = rest.dropFirst() }
        var properties = [Property]()
        for pair in rest.split(separator: UInt8(ascii: "&")) {
            let rawName = pair.prefix { $0 != UInt8(ascii: "=") }
            guard let name = PercentEncoding.decode(rawName),
                let value = PercentEncoding.decode(pair.dropFirst(rawName.count + 1))
            else {
                throw HubSyntaxError("the property bag is not percent-encoded UTF-8")
            }
            guard !name.isEmpty else { throw HubSyntaxError("the property bag holds a property without a name") }
            properties.append(Property(name: PropertyBag.storedName(of: name), value: value))
        }
        return properties
    }

    /// Writes one pair as a client would: everything outside letters, digits and `-._~` encoded.
    package static func encode(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }

    /// Whose property a stored header is.
    package static func owner(ofHeader name: String) -> Owner {
        if name.hasPrefix(PropertyBag.escape) { return .application(String(name.dropFirst(PropertyBag.escape.count))) }
        return name.hasPrefix("$.") || PropertyBag.isReserved(name) ? .system(name) : .application(name)
    }

    /// Bytes of a property that count against the message size: an application property's name and value, a system
    /// property's value.
    package static func countedBytes(of property: Property) -> Int {
        switch PropertyBag.owner(ofHeader: property.name) {
        case .system: property.value.utf8.count
        case .application(let name): name.utf8.count + property.value.utf8.count
        }
    }

    /// Marks an application property whose own name belongs to the hub.
    private static let escape = "$app."

    private static let systemNames: [String: String] = [
        "$.mid": "message-id", "$.cid": "correlation-id", "$.uid": "user-id", "$.ct": "content-type",
        "$.ce": "content-encoding", "$.exp": "absolute-expiry-time", "$.to": "to", "$.on": "output-name",
        "$.ifid": "iothub-interface-id", "$.sub": "dt-subject",
    ]

    private static let reserved: Set<String> = Set(systemNames.values).union([
        StampedHeaders.deviceID, StampedHeaders.moduleID, StampedHeaders.enqueuedTime,
        "iothub-connection-auth-generation-id",
        "iothub-connection-auth-method", "iothub-message-source", "dt-dataschema",
    ])

    /// The first bytes of ``reserved``: most names need not be looked up.
    private static let reservedFirst: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for name in reserved { if let first = name.utf8.first { table[Int(first)] = true } }
        return table
    }()

    private static func isReserved(_ name: String) -> Bool {
        // Not in the table: the names of numbered readings begin alike, and would all be looked up.
        if name == StampedHeaders.imported { return true }
        guard let first = name.utf8.first, PropertyBag.reservedFirst[Int(first)] else { return false }
        return PropertyBag.reserved.contains(name)
    }

    private static func storedName(of name: String) -> String {
        if name.utf8.first == UInt8(ascii: "$"), let system = PropertyBag.systemNames[name] { return system }
        return PropertyBag.storedName(ofApplication: name)
    }

    /// The header's name of an application property, which a device may call as it likes: an MQTT 5 user property.
    package static func storedName(ofApplication name: String) -> String {
        let isTaken = PropertyBag.isReserved(name) || name.hasPrefix(PropertyBag.escape)
        return isTaken ? PropertyBag.escape + name : name
    }
}
