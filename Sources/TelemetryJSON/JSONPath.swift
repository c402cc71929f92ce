/// The way from the top of a JSON value to a value in it: names of members and numbers of elements.
///
/// Names are the same when their code units are; `é` in one character and in two are different names.
package struct JSONPath: Hashable, Sendable {
    /// One step down.
    package enum Step: Sendable {
        /// Into an object's member.
        case name(String)
        /// Into an array's element, from 0.
        case index(Int)
    }

    /// From the top down; empty is the whole value.
    package var steps: [Step]

    /// A path of these steps.
    package init(_ steps: [Step]) {
        self.steps = steps
    }

    /// A path of members' names only.
    package init(names: String...) {
        self.steps = names.map { .name($0) }
    }

    /// The last step that is a name; `nil` when there is none.
    package var lastName: String? {
        for step in self.steps.reversed() {
            if case .name(let name) = step { return name }
        }
        return nil
    }
}

extension JSONValue {
    /// The value a path leads to; `nil` when it does not exist.
    package func value(at path: JSONPath) -> JSONValue? {
        self.value(at: path.steps, from: 0)
    }

    private func value(at steps: [JSONPath.Step], from first: Int) -> JSONValue? {
        guard first < steps.count else { return self }
        switch (self, steps[first]) {
        case (.object(let object), .name(let name)):
            guard let place = object.place(of: name) else { return nil }
            return object[place].value.value(at: steps, from: first + 1)
        case (.array(let array), .index(let index)):
            return index < array.count ? array[index].value(at: steps, from: first + 1) : nil
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.object, _), (.array, _):
            return nil
        }
    }
}

extension JSONPath.Step: Hashable {
    /// Whether both are the same name, code unit by code unit, or the same number.
    package static func == (left: JSONPath.Step, right: JSONPath.Step) -> Bool {
        switch (left, right) {
        case (.name(let left), .name(let right)): left.utf8.elementsEqual(right.utf8)
        case (.index(let left), .index(let right)): left == right
        case (.name, .index), (.index, .name): false
        }
    }

    /// Names by their code units.
    package func hash(into hasher: inout Hasher) {
        switch self {
        case .name(let name):
            for byte in name.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8(0xFF))
        case .index(let index):
            hasher.combine(index)
        }
    }
}
