/// One rule: which topics, and how their messages become telemetry. Keys and reasons: `config/ingest.yaml`.
package struct TopicRule: Equatable, Sendable {
    package var name: String
    package var topic: TopicPattern
    /// Topics it leaves alone.
    package var except: [TopicPattern] = []
    /// The id of the device.
    package var device: TextTemplate
    /// The id of a Sparkplug edge node itself.
    package var node: TextTemplate?
    package var format: IngestFormat
    /// `nil` = the time of arrival.
    package var time: TimeRule?
    /// `nil` = every scalar.
    package var values: [ValueRule]?
    /// The name of the one value of `number` and `text` payloads.
    package var valueName: TextTemplate?
    /// New names; the first that matches counts.
    package var rename: [Rename] = []
    /// Values that are left out.
    package var ignore: [ValueSelector] = []
    package var convert: [ConversionRule] = []
    /// What text values stand for.
    package var translate: [String: ConstantValue] = [:]
    /// Headers of every record.
    package var properties: [Property] = []
    /// Whether subscribers get the message too.
    package var isBrokered = true
    /// Whether a message published with RETAIN=1 is taken.
    package var takesRetained = true

    /// A new name: a selector by last name replaces that name, one by path the whole.
    package struct Rename: Equatable, Sendable {
        package var selector: ValueSelector
        package var name: [UInt8]

        /// A new name.
        package init(_ selector: ValueSelector, to name: String) {
            self.selector = selector
            self.name = Array(name.utf8)
        }
    }

    /// A header whose value may name levels of the topic.
    package struct Property: Equatable, Sendable {
        package var name: String
        package var value: TextTemplate

        /// A header.
        package init(name: String, value: TextTemplate) {
            self.name = name
            self.value = value
        }
    }

    /// A rule with defaults.
    package init(name: String, topic: TopicPattern, device: TextTemplate, format: IngestFormat) {
        self.name = name
        self.topic = topic
        self.device = device
        self.format = format
    }
}
