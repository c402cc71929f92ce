import ArgumentParser
import GatewayClient

/// `--ack`: which outcomes of a message become feedback.
enum AcknowledgementOption: String, ExpressibleByArgument, CaseIterable {
    case none
    case positive
    case negative
    case full

    /// What the client calls it.
    var value: OutgoingMessage.Acknowledgement {
        switch self {
        case .none: .none
        case .positive: .positive
        case .negative: .negative
        case .full: .full
        }
    }
}
