import ArgumentParser
import GatewayClient

/// Which kind of enrollment a command is about.
struct EnrollmentKindOption: ParsableArguments {
    @Flag(help: "The enrollment of one board; without it, of a group.")
    var individual = false

    /// The kind.
    var value: EnrollmentKind { self.individual ? .individual : .group }
}
