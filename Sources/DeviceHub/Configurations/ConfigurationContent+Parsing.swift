package import HubProtocol
package import TelemetryJSON
internal import TwinModel

extension ConfigurationContent {
    /// Reads `deviceContent`, `moduleContent`, or one module's part of `modulesContent`.
    ///
    /// - Parameters:
    ///   - content: keys such as `properties.desired.chiller` with their values; nulls are left out.
    ///   - name: how messages call it.
    /// - Throws: `argumentInvalid`, `tooLarge`: another key, overlapping keys, or what no twin may hold.
    package init(_ content: JSONObject, name: String) throws(HubError) {
        var entries: [Entry] = []
        for member in content {
            let steps = member.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard steps.count >= 2, steps[0] == "properties", steps[1] == "desired", !steps.contains("") else {
                throw HubError(
                    .argumentInvalid,
                    "\(name) has the key \"\(member.name)\"; keys are paths such as properties.desired.chiller"
                )
            }
            let path = Array(steps.dropFirst(2))
            let added: [Entry]
            if !path.isEmpty {
                added = member.value == .null ? [] : [Entry(path: path, value: member.value.withoutInnerNulls)]
            } else if case .object(let members) = member.value {
                added = members.withoutNullMembers.map { Entry(path: [$0.name], value: $0.value) }
            } else {
                throw HubError(.argumentInvalid, "\(name)'s properties.desired is no object")
            }
            for entry in added {
                if let other = entries.first(where: { ConfigurationContent.overlap($0.path, entry.path) }) {
                    let (one, two) = (other.path.joined(separator: "."), entry.path.joined(separator: "."))
                    throw HubError(
                        .argumentInvalid,
                        "\(name) writes \(one) and \(two), of which one contains the other"
                    )
                }
                entries.append(entry)
            }
        }
        self.init(entries: entries)
        let section: SectionPatch
        do throws(TwinError) {
            section = try SectionPatch(.object(self.tree), for: .desired)
        } catch {
            throw HubError(error.status == 413 ? .tooLarge : .argumentInvalid, "\(name): \(error)")
        }
        // What a section ignores would be missing in every twin for ever.
        guard section.members == self.tree else {
            throw HubError(.argumentInvalid, "\(name) writes $metadata or $version, which are the hub's own")
        }
    }
}

extension JSONValue {
    /// The value without nulls in its objects; those in arrays are data.
    fileprivate var withoutInnerNulls: JSONValue {
        if case .object(let object) = self { .object(object.withoutNullMembers) } else { self }
    }
}

extension JSONObject {
    fileprivate var withoutNullMembers: JSONObject {
        self.reduce(into: JSONObject()) { object, member in
            if member.value != .null { object.set(member.name, to: member.value.withoutInnerNulls) }
        }
    }
}
