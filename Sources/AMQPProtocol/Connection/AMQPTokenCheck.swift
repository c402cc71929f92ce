/// A token that a client gave to `$cbs`, to be checked.
package struct AMQPTokenCheck: Equatable, Sendable {
    /// Counts the connection's checks from 0.
    package let number: UInt64
    /// What it is for, as the client wrote it: `https://hub.example.org`.
    package let resource: String
    /// `SharedAccessSignature sr=…`: a secret.
    package let token: String
}

extension AMQPTokenCheck: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the token.
    package var description: String { "token \(self.number) for \(self.resource)" }
    package var debugDescription: String { self.description }
}
