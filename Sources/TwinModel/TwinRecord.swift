internal import TelemetryJSON
package import TelemetryModel

/// The value of a record in `twin-changes`: the body of the event as IoT Hub's readers know it, and beside it one member
/// `change` with all that its history needs.
///
/// ```json
/// {"version":7,"tags":{"site":"b"},
///  "properties":{"desired":{"p":"v","q":null,"$metadata":{…},"$version":6}},
///  "change":{"kind":"update","by":"iothubowner","at":"2026-11-21T03:51:17.205Z","etag":"AAAAAAAAAAY=",
///   "before":{"version":6,"desired":5,"reported":3},
///   "previous":{"tags":{"site":"a"},"properties":{"desired":{"p":null,"q":1}}},
///   "stamps":{"desired":{"s":[1795233077128,4,1795233070000,2],"i":[0,1]}}}}
/// ```
///
/// - `tags`, `properties`: the patch as it was written, nulls kept; of `kind` `replace` the whole twin after it.
/// - `before`: the counters before; a section that is not in `previous` was not written and kept its counter.
/// - `previous`: what stood at the places that were written, `null` where nothing was; merged it takes the change back. Of
///   `replace` the whole old sections.
/// - `stamps`: when and by which version the values in `previous` had been written, in preorder, as ``TwinSection/stored``
///   has them.
package struct TwinRecord: Equatable, Sendable {
    /// Who made the change: the name of a policy, a device's id, a job.
    package var author: String
    /// The change.
    package var change: TwinChange

    /// A record of a change.
    package init(author: String, change: TwinChange) {
        self.author = author
        self.change = change
    }

    /// The record's value as compact JSON.
    ///
    /// - Parameters:
    ///   - id: whose twin was changed.
    ///   - twin: the twin after the change.
    /// - Returns: UTF-8.
    package func value(of id: IdentityID, after twin: Twin) -> [UInt8] {
        let change = self.change
        var previous = JSONObject()
        var properties = JSONObject()
        var stamps = JSONObject()
        if let tags = change.tags { previous.set("tags", to: .object(tags.previous)) }
        for (name, section) in [("desired", change.desired), ("reported", change.reported)] {
            guard let section else { continue }
            properties.set(name, to: .object(section.previous))
            var list = JSONObject()
            StampList.write(section.previousStamps, to: &list)
            stamps.set(name, to: .object(list))
        }
        if !properties.isEmpty { previous.set("properties", to: .object(properties)) }
        let details: JSONObject = [
            "kind": .string(change.kind.rawValue), "by": .string(self.author), "at": .string(change.at.description),
            "etag": .string(change.after.etag),
            "before": .object([
                "version": .integer(change.before.twin), "desired": .integer(change.before.desired),
                "reported": .integer(change.before.reported),
            ]),
            "previous": .object(previous),
            "stamps": .object(stamps),
        ]
        var body = change.eventBody(of: id, after: twin)
        body.set("change", to: .object(details))
        return body.bytes
    }
}
