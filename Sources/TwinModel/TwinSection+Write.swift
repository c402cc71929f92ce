internal import TelemetryJSON

extension TwinSection {
    /// Merges a patch (RFC 7386) and marks what it writes and all objects above.
    ///
    /// - Parameters:
    ///   - patch: checked members; `null` deletes.
    ///   - stamp: the mark of everything written; its version becomes the section's.
    /// - Returns: What was changed.
    mutating func merge(_ patch: JSONObject, stamp: WriteStamp) -> SectionChange {
        var previousStamps: [WriteStamp] = []
        let previous = TwinSection.merge(
            patch,
            into: &self.values,
            stamps: &self.stamps,
            stamp: stamp,
            previousStamps: &previousStamps
        )
        self.version = stamp.version
        return SectionChange(patch: patch, previous: previous, previousStamps: previousStamps)
    }

    /// Replaces everything, metadata too.
    ///
    /// - Parameters:
    ///   - values: checked members; nulls are left out.
    ///   - stamp: the mark of everything; its version becomes the section's.
    /// - Returns: What was changed.
    mutating func replace(_ values: JSONObject, stamp: WriteStamp) -> SectionChange {
        var previousStamps: [WriteStamp] = []
        self.stamps.append(to: &previousStamps)
        let previous = self.values
        self.values = values.withoutNulls
        self.stamps = StampTree(of: .object(self.values), writtenAt: stamp)
        self.version = stamp.version
        return SectionChange(patch: self.values, previous: previous, previousStamps: previousStamps)
    }

    /// Takes a merge back: ``SectionChange/previous`` is merged, with the stamps of then.
    mutating func takeBack(merge change: SectionChange, version: Int64) throws(StampsEnded) {
        var stamps = change.previousStamps[...]
        try TwinSection.restore(change.previous, into: &self.values, stamps: &self.stamps, from: &stamps)
        self.version = version
    }

    /// Takes a replacement back.
    mutating func takeBack(replacement change: SectionChange, version: Int64) throws(StampsEnded) {
        var stamps = change.previousStamps[...]
        self.stamps = try StampTree(of: .object(change.previous), preorder: &stamps)
        self.values = change.previous
        self.version = version
    }

    // MARK: Private

    /// Merges one object; returns the patch that takes it back.
    private static func merge(
        _ patch: JSONObject,
        into values: inout JSONObject,
        stamps: inout StampTree,
        stamp: WriteStamp,
        previousStamps: inout [WriteStamp]
    ) -> JSONObject {
        previousStamps.append(stamps.stamp)
        stamps.stamp = stamp
        var previous = JSONObject()
        var removed: [Int] = []
        for member in patch {
            let place = values.place(of: member.name)
            if case .null = member.value {
                guard let place else { continue }
                previous.set(member.name, to: values[place].value)
                stamps.children[place].append(to: &previousStamps)
                removed.append(place)
            } else if case .object(let inner) = member.value, let place, case .object = values[place].value {
                // Taken out while it is changed, so that nothing is copied.
                guard case .object(var target) = values.replace(at: place, with: .null) else { continue }
                let taken = TwinSection.merge(
                    inner,
                    into: &target,
                    stamps: &stamps.children[place],
                    stamp: stamp,
                    previousStamps: &previousStamps
                )
                values.replace(at: place, with: .object(target))
                previous.set(member.name, to: .object(taken))
            } else {
                let value = member.value.object.map { .object($0.withoutNulls) } ?? member.value
                let tree = StampTree(of: value, writtenAt: stamp)
                if let place {
                    previous.set(member.name, to: values.replace(at: place, with: value))
                    stamps.children[place].append(to: &previousStamps)
                    stamps.children[place] = tree
                } else {
                    previous.set(member.name, to: .null)
                    values.set(member.name, to: value)
                    stamps.children.append(tree)
                }
            }
        }
        removed.sort()
        values.remove(at: removed)
        stamps.children.remove(atRising: removed)
        return previous
    }

    private static func restore(
        _ previous: JSONObject,
        into values: inout JSONObject,
        stamps tree: inout StampTree,
        from stamps: inout ArraySlice<WriteStamp>
    ) throws(StampsEnded) {
        guard let stamp = stamps.popFirst() else { throw StampsEnded() }
        tree.stamp = stamp
        var removed: [Int] = []
        for member in previous {
            let place = values.place(of: member.name)
            if case .null = member.value {
                if let place { removed.append(place) }
            } else if case .object(let inner) = member.value, let place, case .object(var target) = values[place].value
            {
                values.replace(at: place, with: .null)
                try TwinSection.restore(inner, into: &target, stamps: &tree.children[place], from: &stamps)
                values.replace(at: place, with: .object(target))
            } else {
                let child = try StampTree(of: member.value, preorder: &stamps)
                if let place {
                    values.replace(at: place, with: member.value)
                    tree.children[place] = child
                } else {
                    values.set(member.name, to: member.value)
                    tree.children.append(child)
                }
            }
        }
        removed.sort()
        values.remove(at: removed)
        tree.children.remove(atRising: removed)
    }
}
