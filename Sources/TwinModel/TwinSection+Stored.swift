internal import TelemetryJSON

extension TwinSection {
    /// The form of ``stored``: 1.
    private static let storedFormat: Int64 = 1

    /// The section as it is kept in a column, as compact JSON:
    ///
    /// ```json
    /// {"f":1,"n":2,"v":{"x":{"y":1}},"s":[1795233077205,2]}
    /// ```
    ///
    /// `f` the format, `n` `$version`, `v` the values, `s` the different stamps (Unix ms, version), and `i` which of them
    /// each value has, in preorder beginning with the section itself; left out when all have the same.
    package var stored: [UInt8] {
        var stamps: [WriteStamp] = []
        self.stamps.append(to: &stamps)
        var object: JSONObject = [
            "f": .integer(TwinSection.storedFormat), "n": .integer(self.version), "v": .object(self.values),
        ]
        StampList.write(stamps, to: &object)
        return object.bytes
    }

    /// Reads ``stored``.
    ///
    /// - Parameter bytes: what the column holds.
    /// - Throws: When they are not what was written.
    package init(stored bytes: some Sequence<UInt8>) throws(StoredTwinError) {
        let object = try JSONObject(storedTwin: bytes)
        guard object["f"]?.integer == TwinSection.storedFormat, let version = object["n"]?.integer,
            let value = object["v"], case .object(let values) = value
        else { throw StoredTwinError("a section of another format than \(TwinSection.storedFormat)") }
        guard let stamps = StampList.read(object, count: StampList.count(of: value)) else {
            throw StoredTwinError("a section whose stamps do not fit its values")
        }
        var rest = stamps[...]
        do throws(StampsEnded) {
            self.init(values: values, version: version, stamps: try StampTree(of: value, preorder: &rest))
        } catch {
            throw StoredTwinError("a section with fewer stamps than values")
        }
    }
}

extension JSONObject {
    /// Reads an object that the gateway itself wrote.
    init(storedTwin bytes: some Sequence<UInt8>) throws(StoredTwinError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw StoredTwinError("\(error)")
        }
        guard case .object(let object) = value else { throw StoredTwinError("no JSON object") }
        self = object
    }
}
