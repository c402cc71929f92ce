/// The members of a JSON object in the order in which they were sent; names are unique.
///
/// Looking a name up is O(1) on average: beyond ``JSONObject/scanMax`` members an index over seeded hashes of the names'
/// bytes is kept, so that no choice of names makes a big object slow.
package struct JSONObject: Sendable {
    /// One name and its value.
    package struct Member: Hashable, Sendable {
        /// The name, without escapes.
        package let name: String
        /// What it names.
        package var value: JSONValue

        /// A member.
        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Up to so many members a name is looked for from the first to the last.
    static let scanMax = 12

    private var members: [Member] = []
    /// Where each name stands; empty while there are at most ``scanMax`` members.
    private var places: [JSONName: Int] = [:]

    /// An object without members.
    package init() {}

    /// Makes room for `count` members before the array grows.
    package mutating func reserveCapacity(_ count: Int) {
        self.members.reserveCapacity(count)
    }

    /// The value of a name; `nil` when there is none. Setting one that is there keeps its place, a new one comes last, and
    /// setting `nil` removes it in O(count).
    package subscript(name: String) -> JSONValue? {
        get { self.place(of: name).map { self.members[$0].value } }
        set {
            if let newValue {
                self.set(name, to: newValue)
            } else if let place = self.place(of: name) {
                self.remove(at: [place])
            }
        }
    }

    /// Where a name stands among the members; `nil` when it is not there.
    package func place(of name: String) -> Int? {
        if self.members.count > JSONObject.scanMax { return self.places[JSONName(name)] }
        return self.members.firstIndex { JSONName.areSame($0.name, name) }
    }

    /// Gives a name its value: in its place when it is there, else as the last member.
    ///
    /// - Returns: The place.
    @discardableResult
    package mutating func set(_ name: String, to value: JSONValue) -> Int {
        if let place = self.place(of: name) {
            self.members[place].value = value
            return place
        }
        self.members.append(Member(name, value))
        if self.members.count > JSONObject.scanMax { self.indexLast() }
        return self.members.count - 1
    }

    /// Puts another value at a place.
    ///
    /// - Parameters:
    ///   - place: where; must be below ``count``.
    ///   - value: the new value.
    /// - Returns: The value that was there.
    @discardableResult
    package mutating func replace(at place: Int, with value: JSONValue) -> JSONValue {
        exchange(&self.members[place].value, with: value)
    }

    /// Removes the members at these places, which rise; O(count) for all of them together.
    package mutating func remove(at places: [Int]) {
        self.members.remove(atRising: places)
        self.places = [:]
        guard self.members.count > JSONObject.scanMax else { return }
        self.indexAll()
    }

    private mutating func indexLast() {
        if self.places.isEmpty {
            self.indexAll()
        } else {
            self.places[JSONName(self.members[self.members.count - 1].name)] = self.members.count - 1
        }
    }

    private mutating func indexAll() {
        self.places.reserveCapacity(self.members.count * 2)
        for (place, member) in self.members.enumerated() { self.places[JSONName(member.name)] = place }
    }
}

extension JSONObject: RandomAccessCollection {
    package var startIndex: Int { 0 }

    package var endIndex: Int { self.members.count }

    /// The member at a place, in the order as sent.
    package subscript(place: Int) -> Member { self.members[place] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members in order; of a name given twice the last value counts.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.reserveCapacity(elements.count)
        for (name, value) in elements { self.set(name, to: value) }
    }
}

extension JSONObject: Hashable {
    /// The same names with equal values, in whatever order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        for (place, member) in left.members.enumerated() {
            // Mostly both have the same order.
            if JSONName.areSame(member.name, right.members[place].name) {
                guard member.value == right.members[place].value else { return false }
            } else {
                guard right[member.name] == member.value else { return false }
            }
        }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in self.members {
            var each = Hasher()
            each.combine(JSONName(member.name))
            each.combine(member.value)
            sum &+= each.finalize()
        }
        hasher.combine(sum)
    }
}
