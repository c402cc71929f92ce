import ArgumentParser
import TelemetryJSON

/// What to write into a twin.
struct TwinPatchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tags: name=value, site.floor=value, a JSON object, @file or -; may be repeated, null deletes.",
            valueName: "tags"
        )
    )
    var tags: [String] = []

    @Option(
        help: ArgumentHelp(
            "Desired properties: name=value, a.b=value, a JSON object, @file or -; may be repeated, null deletes.",
            valueName: "properties"
        )
    )
    var desired: [String] = []

    func validate() throws {
        for (name, arguments) in [("--tags", self.tags), ("--desired", self.desired)] {
            for argument in arguments where !PropertyAssignment.isDocument(argument) {
                guard PropertyAssignment.parse(argument) == nil else { continue }
                throw ValidationError("\(name) is “\(argument)”, expected name=value, a JSON object, @file or -")
            }
        }
    }

    /// Whether an option is given.
    var isGiven: Bool { !self.tags.isEmpty || !self.desired.isEmpty }

    /// The patch.
    ///
    /// - Parameter document: a whole patch, `{"tags":{…},"properties":{"desired":{…}}}`, as JSON, `@file` or `-`; the options
    ///   are laid over it.
    /// - Returns: the patch with what is given.
    /// - Throws: `ValidationError`, `CommandFailure`.
    func patch(over document: String?) throws -> JSONObject {
        var patch: JSONObject = [:]
        if let document {
            patch = try JSONInput.object(document, named: "the patch")
            guard patch["tags"] != nil || patch["properties"]?.object?["desired"] != nil else {
                throw ValidationError(
                    #"the patch has neither tags nor properties.desired, expected {"tags":{…},"properties":{"desired":{…}}}"#
                )
            }
        }
        if !self.tags.isEmpty {
            let tags = try TwinPatchOptions.object(self.tags, named: "--tags")
            PropertyAssignment.merge(["tags": .object(tags)], into: &patch)
        }
        if !self.desired.isEmpty {
            let desired = try TwinPatchOptions.object(self.desired, named: "--desired")
            PropertyAssignment.merge(["properties": .object(["desired": .object(desired)])], into: &patch)
        }
        return patch
    }

    /// The object that assignments and documents make together.
    static func object(_ arguments: [String], named name: String) throws -> JSONObject {
        var object: JSONObject = [:]
        for argument in arguments {
            if PropertyAssignment.isDocument(argument) {
                PropertyAssignment.merge(try JSONInput.object(argument, named: name), into: &object)
            } else if let (path, value) = PropertyAssignment.parse(argument) {
                PropertyAssignment.set(value, at: path, in: &object)
            }
        }
        return object
    }
}
