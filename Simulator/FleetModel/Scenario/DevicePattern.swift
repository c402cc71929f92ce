/// How a group's devices are named: `greenhouse-{n}` gives greenhouse-1, greenhouse-2, …
package struct DevicePattern: Equatable, Sendable {
    /// Stands for the device's number, from 1.
    package static let placeholder = "{n}"

    private let prefix: String
    private let suffix: String
    private let isNumbered: Bool

    /// Reads a pattern; `nil` when ``placeholder`` is in it twice.
    package init?(_ text: String) {
        let parts = DevicePattern.parts(of: text)
        guard parts.count <= 2 else { return nil }
        self.prefix = parts[0]
        self.suffix = parts.count == 2 ? parts[1] : ""
        self.isNumbered = parts.count == 2
    }

    /// The ids of a group, in order; `nil` when they are not valid ids or not all different.
    package func ids(count: Int) -> [String]? {
        guard self.isNumbered || count == 1 else { return nil }
        var ids = [String]()
        ids.reserveCapacity(count)
        for number in 1...max(count, 1) {
            let id = self.isNumbered ? "\(self.prefix)\(number)\(self.suffix)" : self.prefix
            guard FleetID.isValid(id) else { return nil }
            ids.append(id)
        }
        return ids
    }

    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var rest = text[...]
        while let first = rest.first {
            if rest.hasPrefix(DevicePattern.placeholder) {
                parts.append("")
                rest = rest.dropFirst(DevicePattern.placeholder.count)
            } else {
                parts[parts.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        return parts
    }
}
