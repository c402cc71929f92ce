internal import TelemetryJSON
internal import TelemetryModel

/// Stamps in preorder as compact JSON: each different stamp once, as time and version, then which one each value has.
///
/// `{"s":[1795233077205,2,1795233077128,1],"i":[0,0,1]}`; when there is only one stamp, `i` is left out.
enum StampList {
    /// Adds `s` and `i` to an object.
    static func write(_ stamps: [WriteStamp], to object: inout JSONObject) {
        var places: [WriteStamp: Int] = [:]
        var different: [JSONValue] = []
        var indices: [JSONValue] = []
        indices.reserveCapacity(stamps.count)
        var last: (stamp: WriteStamp, place: Int)?
        for stamp in stamps {
            if let last, last.stamp == stamp {
                indices.append(.integer(Int64(last.place)))
                continue
            }
            let place = places[stamp] ?? places.count
            if place == places.count {
                places[stamp] = place
                different.append(.integer(stamp.at.milliseconds))
                different.append(.integer(stamp.version))
            }
            indices.append(.integer(Int64(place)))
            last = (stamp, place)
        }
        object.set("s", to: .array(different))
        if places.count > 1 { object.set("i", to: .array(indices)) }
    }

    /// Reads `s` and `i` of an object.
    ///
    /// - Parameters:
    ///   - object: what ``write(_:to:)`` wrote into.
    ///   - count: how many stamps there must be.
    /// - Returns: `nil` when they are not what was written.
    static func read(_ object: JSONObject, count: Int) -> [WriteStamp]? {
        guard let numbers = object["s"]?.array, numbers.count % 2 == 0, !numbers.isEmpty else { return nil }
        var different: [WriteStamp] = []
        different.reserveCapacity(numbers.count / 2)
        for place in stride(from: 0, to: numbers.count, by: 2) {
            guard let time = numbers[place].integer, let version = numbers[place + 1].integer else { return nil }
            different.append(WriteStamp(at: Timestamp(milliseconds: time), version: version))
        }
        guard let indices = object["i"]?.array else {
            return different.count == 1 ? [WriteStamp](repeating: different[0], count: count) : nil
        }
        guard indices.count == count else { return nil }
        var stamps: [WriteStamp] = []
        stamps.reserveCapacity(count)
        for index in indices {
            guard let index = index.integer, different.indices.contains(Int(index)) else { return nil }
            stamps.append(different[Int(index)])
        }
        return stamps
    }

    /// How many stamps a value has: itself and, in an object, its members' ones; a null in an object has none.
    static func count(of value: JSONValue) -> Int {
        guard case .object(let object) = value else { return 1 }
        return object.reduce(1) { $1.value == .null ? $0 : $0 + StampList.count(of: $1.value) }
    }
}
