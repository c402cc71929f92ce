import ArgumentParser

/// A duration as people write it: `90s`, `15min`, `36h`, `7d`, `2w`, `500ms`.
struct DurationOption: Equatable, ExpressibleByArgument {
    /// Milliseconds, from 0.
    var milliseconds: Int64

    private static let units: [(name: String, bytes: Int64)] = [
        ("ms", 1), ("s", 1_000), ("sec", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000),
        ("d", 86_400_000), ("w", 604_800_000), ("y", 31_557_600_000),
    ]

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A number without a unit is none: nobody agrees on which it would be.
    init?(argument: String) {
        guard let milliseconds = Quantity(argument)?.value(in: DurationOption.units) else { return nil }
        self.milliseconds = milliseconds
    }
}

/// A duration, or `forever`.
struct RetentionOption: Equatable, ExpressibleByArgument {
    /// `nil`: for ever.
    var milliseconds: Int64?

    init?(argument: String) {
        if argument == "forever" { return }
        guard let duration = DurationOption(argument: argument) else { return nil }
        self.milliseconds = duration.milliseconds
    }
}

/// A number of bytes, or `unlimited`.
struct RetentionBytesOption: Equatable, ExpressibleByArgument {
    /// `nil`: no bound.
    var bytes: Int64?

    init?(argument: String) {
        if argument == "unlimited" { return }
        guard let count = ByteCountOption(argument: argument) else { return nil }
        self.bytes = count.bytes
    }
}
