package import TelemetryJSON

/// What the configurations that match one twin write into it together, and the writes that lead there. Pure.
///
/// Higher priority wins on overlapping paths, the one made later wins ties. Source: contract iothub-rest section 7.
package enum ConfigurationPlan {
    /// A configuration that matches.
    package struct Member: Equatable, Sendable {
        package var id: String
        package var priority: Int
        /// Milliseconds since 1970.
        package var createdMilliseconds: Int64
        package var content: ConfigurationContent

        /// A member.
        package init(id: String, priority: Int, createdMilliseconds: Int64, content: ConfigurationContent) {
            self.id = id
            self.priority = priority
            self.createdMilliseconds = createdMilliseconds
            self.content = content
        }
    }

    /// What one configuration has in one twin.
    package struct Share: Equatable, Sendable {
        /// Of the configuration.
        package var id: String
        /// Below `properties.desired`; empty when others won everywhere.
        package var tree: JSONObject

        /// A share.
        package init(id: String, tree: JSONObject) {
            self.id = id
            self.tree = tree
        }
    }

    /// One write.
    package struct Step: Equatable, Sendable {
        /// The configuration that writes.
        package var id: String
        /// For the desired properties; `null` deletes.
        package var patch: JSONObject

        /// A write.
        package init(id: String, patch: JSONObject) {
            self.id = id
            self.patch = patch
        }
    }

    /// What each of the matching configurations has in a twin, in the order of precedence; no two overlap.
    package static func shares(of members: [Member]) -> [Share] {
        var taken: [[String]] = []
        return members.sorted(by: self.precedes).map { member in
            let entries = member.content.entries.filter { entry in
                !taken.contains { ConfigurationContent.overlap($0, entry.path) }
            }
            taken += entries.map(\.path)
            return Share(id: member.id, tree: ConfigurationContent.tree(of: entries))
        }
    }

    /// The writes that bring a twin from what configurations hold in it to what they should.
    ///
    /// What a configuration loses is deleted unless another writes there now, or somebody has given it another value
    /// meanwhile. What it should hold is written where the twin differs.
    ///
    /// - Parameters:
    ///   - held: what configurations have, or may have, written.
    ///   - wanted: what they should hold; see ``shares(of:)``.
    ///   - desired: the twin's desired properties, without metadata.
    /// - Returns: The writes in order, none empty.
    package static func steps(from held: [Share], to wanted: [Share], desired: JSONObject) -> [Step] {
        let all = wanted.reduce(JSONObject()) { $0.overlaid(with: $1.tree) }
        var current = desired
        var steps: [Step] = []
        func add(_ id: String, _ patch: JSONObject) {
            guard !patch.isEmpty else { return }
            steps.append(Step(id: id, patch: patch))
            current = current.merged(with: patch)
        }
        // One after the other: who takes the last property of an object takes the object.
        for share in held { add(share.id, self.removal(of: share.tree, from: current, keeping: all).patch) }
        for share in wanted { add(share.id, self.missing(share.tree, in: current)) }
        return steps
    }

    private static func precedes(_ left: Member, _ right: Member) -> Bool {
        if left.priority != right.priority { return left.priority > right.priority }
        if left.createdMilliseconds != right.createdMilliseconds {
            return left.createdMilliseconds > right.createdMilliseconds
        }
        return left.id < right.id
    }

    /// Deletes of `held` what `current` still has as it was written; also objects that become empty by it.
    private static func removal(
        of held: JSONObject,
        from current: JSONObject,
        keeping wanted: JSONObject?
    ) -> (patch: JSONObject, isAll: Bool) {
        var patch = JSONObject()
        var deleted = 0
        for member in held {
            let place = wanted?[member.name]
            switch (member.value, current[member.name]) {
            case (_, nil): continue
            case (.object(let inner), .object(let value)?) where !inner.isEmpty:
                if place != nil, place?.object == nil { continue }
                let below = self.removal(of: inner, from: value, keeping: place?.object)
                if below.isAll, place == nil {
                    patch[member.name] = .null
                    deleted += 1
                } else if !below.patch.isEmpty {
                    patch[member.name] = .object(below.patch)
                }
            case (let value, let found?):
                guard place == nil, found == value else { continue }
                patch[member.name] = .null
                deleted += 1
            }
        }
        return (patch, deleted == current.count)
    }

    /// What of `wanted` differs in `current`.
    private static func missing(_ wanted: JSONObject, in current: JSONObject) -> JSONObject {
        wanted.reduce(into: JSONObject()) { patch, member in
            switch (member.value, current[member.name]) {
            case (.object(let inner), .object(let value)?):
                let below = self.missing(inner, in: value)
                if !below.isEmpty { patch[member.name] = .object(below) }
            case (let value, let found):
                if value != found { patch[member.name] = value }
            }
        }
    }
}

extension JSONObject {
    /// The object after a patch (RFC 7386) whose objects have no nulls where the object has nothing.
    fileprivate func merged(with patch: JSONObject) -> JSONObject {
        patch.reduce(into: self) { merged, member in
            switch (member.value, merged[member.name]) {
            case (.null, _): merged[member.name] = nil
            case (.object(let inner), .object(let value)?): merged[member.name] = .object(value.merged(with: inner))
            case (let value, _): merged[member.name] = value
            }
        }
    }

    /// The members of both; where both have one, objects are joined and else the other's counts.
    package func overlaid(with other: JSONObject) -> JSONObject {
        other.reduce(into: self) { joined, member in
            if case .object(let inner) = member.value, case .object(let value)? = joined[member.name] {
                joined[member.name] = .object(value.overlaid(with: inner))
            } else {
                joined[member.name] = member.value
            }
        }
    }
}
