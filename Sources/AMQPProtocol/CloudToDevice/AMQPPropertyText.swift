/// An application property's value as text; `nil` is AMQP's null.
struct AMQPPropertyText: Equatable, Sendable {
    let text: String?

    init(_ text: String?) {
        self.text = text
    }
}
